// SPDX-License-Identifier: Apache-2.0
import type { FacetsAnswer, SearchAnswer, SnippetAnswer, StatusAnswer } from '../../../contract/answers.ts';
import type { SearchState } from './search-state.ts';

export type SnippetLanguage = 'curl' | 'javascript' | 'python';

/** What the page needs from the gateway. Every method rejects with a BackendError. */
export interface SearchBackend {
  /** By the example that the state names. */
  search(state: SearchState, signal: AbortSignal): Promise<SearchAnswer>;
  /** By a file; the answer's `queryId` stands for it from then on. */
  upload(file: File, state: SearchState, signal: AbortSignal): Promise<SearchAnswer>;
  status(signal: AbortSignal): Promise<StatusAnswer>;
  facets(space: string | undefined, signal: AbortSignal): Promise<FacetsAnswer>;
  snippet(language: SnippetLanguage, source: string, signal: AbortSignal): Promise<SnippetAnswer>;
  /** Title of an example: of an upload (`q:<queryId>`) its file name. */
  exampleTitle(like: string, signal: AbortSignal): Promise<string>;
  /** Address of a recording's audio. */
  audioUrl(id: string): string;
}
