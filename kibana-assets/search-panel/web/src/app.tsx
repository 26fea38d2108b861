// SPDX-License-Identifier: Apache-2.0
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { HashRouter, Navigate, Route, Routes } from 'react-router-dom';
import { BackendProvider } from './components/backend-context.tsx';
import { ColourModeProvider } from './components/colour-mode.tsx';
import { PlayerProvider } from './components/player-context.tsx';
import type { SearchBackend } from './core/search-backend.ts';
import { SearchView } from './views/search-view.tsx';

/** The page over any backend. Routes live behind the hash, so that the gateway serves one file. */
export function App({ backend }: { backend: SearchBackend }): ReactNode {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 10_000 } } }));
  return (
    <QueryClientProvider client={queries}>
      <BackendProvider backend={backend}>
        <ColourModeProvider>
          <PlayerProvider>
            <HashRouter>
              <Routes>
                <Route path="/search" element={<SearchView />} />
                <Route path="*" element={<Navigate to="/search" replace />} />
              </Routes>
            </HashRouter>
          </PlayerProvider>
        </ColourModeProvider>
      </BackendProvider>
    </QueryClientProvider>
  );
}
