// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router-dom';
import { createSearchDriver } from '../core/search-driver.ts';
import type { SearchProgress } from '../core/search-progress.ts';
import type { SearchState } from '../core/search-state.ts';
import { decodeState, encodeState } from '../core/url-codec.ts';
import { useBackend } from './backend-context.tsx';

interface UseSearch {
  readonly state: SearchState;
  readonly progress: SearchProgress;
  /** Goes to a state: a new entry in the browser's history, and the search follows. */
  go(state: SearchState): void;
  upload(file: File): void;
  retry(): void;
}

/** Joins the page's address with the driver: the address is the state, the driver makes the rows fit it. */
export function useSearch(): UseSearch {
  const backend = useBackend();
  const [driver] = useState(() => createSearchDriver(backend));
  const [params, setParams] = useSearchParams();
  const search = params.toString();
  const state = useMemo(() => decodeState(search), [search]);
  const progress = useSyncExternalStore(driver.subscribe, driver.progress);
  useEffect(() => driver.show(state), [driver, state]);
  const go = useCallback((next: SearchState) => setParams(encodeState(next)), [setParams]);
  const upload = (file: File): void => {
    void driver.upload(file, state).then((next) => next && go(next));
  };
  return { state, progress, go, upload, retry: () => driver.retry(state) };
}
