// SPDX-License-Identifier: Apache-2.0
import { EuiButtonIcon, EuiProvider } from '@elastic/eui';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { ICON } from '../core/icon-names.ts';

type Mode = 'light' | 'dark';

const STORAGE_KEY = 'earshot.colour-mode';
const ModeContext = createContext<{ mode: Mode; toggle: () => void }>({ mode: 'light', toggle: () => {} });

/** What was chosen here before, else what the system prefers. Storage may be blocked. */
function initialMode(): Mode {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    if (stored === 'light' || stored === 'dark') return stored;
  } catch {
    // Not remembered then.
  }
  return window.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function remember(mode: Mode): void {
  try {
    localStorage.setItem(STORAGE_KEY, mode);
  } catch {
    // Not remembered then.
  }
}

/** EUI's provider with a remembered light or dark mode. */
export function ColourModeProvider({ children }: { children: ReactNode }): ReactNode {
  const [mode, setMode] = useState(initialMode);
  const toggle = (): void => {
    const next = mode === 'light' ? 'dark' : 'light';
    remember(next);
    setMode(next);
  };
  return (
    <ModeContext.Provider value={{ mode, toggle }}>
      <EuiProvider colorMode={mode}>{children}</EuiProvider>
    </ModeContext.Provider>
  );
}

export function ColourModeButton(): ReactNode {
  const { mode, toggle } = useContext(ModeContext);
  const label = mode === 'light' ? 'Dark mode' : 'Light mode';
  return (
    <EuiButtonIcon
      iconType={mode === 'light' ? ICON.dark : ICON.light}
      aria-label={label}
      title={label}
      onClick={toggle}
      size="m"
      color="text"
      data-test-subj="colour-mode"
    />
  );
}
