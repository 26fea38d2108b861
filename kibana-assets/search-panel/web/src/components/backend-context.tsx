// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, useContext } from 'react';
import type { SearchBackend } from '../core/search-backend.ts';

const BackendContext = createContext<SearchBackend | undefined>(undefined);

export function BackendProvider({ backend, children }: { backend: SearchBackend; children: ReactNode }): ReactNode {
  return <BackendContext.Provider value={backend}>{children}</BackendContext.Provider>;
}

export function useBackend(): SearchBackend {
  const backend = useContext(BackendContext);
  if (!backend) throw new Error('useBackend outside of BackendProvider');
  return backend;
}
