// SPDX-License-Identifier: Apache-2.0
import type { SearchAnswer } from '../../../contract/answers.ts';
import type { BackendError } from './backend-error.ts';

/** How far a search is. `key` is the encoded state that it belongs to. */
export type SearchProgress =
  | { readonly phase: 'idle' }
  | { readonly phase: 'searching'; readonly isUpload: boolean; readonly previous?: SearchAnswer }
  | { readonly phase: 'done'; readonly key: string; readonly answer: SearchAnswer }
  | { readonly phase: 'failed'; readonly key: string; readonly error: BackendError };

export type SearchEvent =
  | { readonly type: 'started'; readonly sequence: number; readonly isUpload: boolean }
  | { readonly type: 'answered'; readonly sequence: number; readonly key: string; readonly answer: SearchAnswer }
  | { readonly type: 'failed'; readonly sequence: number; readonly key: string; readonly error: BackendError }
  | { readonly type: 'cleared'; readonly sequence: number };

export interface Sequenced {
  /** Number of the latest request; answers to earlier ones are stale. */
  readonly latest: number;
  readonly progress: SearchProgress;
}

export const NOTHING_SEARCHED: Sequenced = { latest: 0, progress: { phase: 'idle' } };

const previousOf = (progress: SearchProgress): { previous?: SearchAnswer } => {
  const previous =
    progress.phase === 'done' ? progress.answer : progress.phase === 'searching' ? progress.previous : undefined;
  return previous ? { previous } : {};
};

/** Pure; an answer or failure of any but the latest request changes nothing. */
export function reduceSearch(state: Sequenced, event: SearchEvent): Sequenced {
  switch (event.type) {
    case 'started': {
      const { isUpload, sequence } = event;
      return { latest: sequence, progress: { phase: 'searching', isUpload, ...previousOf(state.progress) } };
    }
    case 'cleared':
      return { latest: event.sequence, progress: { phase: 'idle' } };
    case 'answered':
      if (event.sequence !== state.latest) return state;
      return { ...state, progress: { phase: 'done', key: event.key, answer: event.answer } };
    case 'failed':
      if (event.sequence !== state.latest) return state;
      return { ...state, progress: { phase: 'failed', key: event.key, error: event.error } };
  }
}
