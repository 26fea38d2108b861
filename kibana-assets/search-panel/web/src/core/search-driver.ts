// SPDX-License-Identifier: Apache-2.0
import type { SearchAnswer } from '../../../contract/answers.ts';
import { BackendError } from './backend-error.ts';
import type { SearchBackend } from './search-backend.ts';
import { NOTHING_SEARCHED, reduceSearch, type SearchEvent, type SearchProgress } from './search-progress.ts';
import type { SearchState } from './search-state.ts';
import { encodeState } from './url-codec.ts';

export interface SearchDriver {
  progress(): SearchProgress;
  subscribe(listener: () => void): () => void;
  /** Makes the rows fit the state; does nothing when they do already. */
  show(state: SearchState): void;
  /** Searches by a file; gives the state that stands for it, or undefined when it failed or was overtaken. */
  upload(file: File, state: SearchState): Promise<SearchState | undefined>;
  /** The same search once more, after a failure. */
  retry(state: SearchState): void;
}

function toBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  return new BackendError('PANEL_INTERNAL', error instanceof Error ? error.message : String(error), 'Reload the page.');
}

/** The page's search without the page: starts requests, cancels overtaken ones and drops their answers. */
export function createSearchDriver(backend: SearchBackend): SearchDriver {
  let state = NOTHING_SEARCHED;
  let wantedKey: string | undefined;
  let controller = new AbortController();
  const listeners = new Set<() => void>();

  const dispatch = (event: SearchEvent): void => {
    state = reduceSearch(state, event);
    for (const listener of listeners) listener();
  };

  async function run(
    isUpload: boolean,
    ask: (signal: AbortSignal) => Promise<SearchAnswer>,
    keyOf: (answer?: SearchAnswer) => string,
  ): Promise<SearchAnswer | undefined> {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    const sequence = state.latest + 1;
    dispatch({ type: 'started', sequence, isUpload });
    try {
      const answer = await ask(signal);
      if (state.latest !== sequence) return undefined;
      wantedKey = keyOf(answer);
      dispatch({ type: 'answered', sequence, key: wantedKey, answer });
      return answer;
    } catch (error) {
      dispatch({ type: 'failed', sequence, key: keyOf(), error: toBackendError(error) });
      return undefined;
    }
  }

  const search = (wanted: SearchState): void => {
    const key = encodeState(wanted);
    wantedKey = key;
    if (wanted.like === undefined) {
      controller.abort();
      dispatch({ type: 'cleared', sequence: state.latest + 1 });
      return;
    }
    void run(
      false,
      (signal) => backend.search(wanted, signal),
      () => key,
    );
  };

  return {
    progress: () => state.progress,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show: (wanted) => {
      if (encodeState(wanted) !== wantedKey) search(wanted);
    },
    retry: search,
    upload: async (file, wanted) => {
      const stateOf = (answer?: SearchAnswer): SearchState =>
        answer?.queryId ? { ...wanted, like: `q:${answer.queryId}` } : wanted;
      const answer = await run(
        true,
        (signal) => backend.upload(file, wanted, signal),
        (given) => encodeState(stateOf(given)),
      );
      return answer ? stateOf(answer) : undefined;
    },
  };
}
