// SPDX-License-Identifier: Apache-2.0
import type { ErrorAnswer, QueryAnswer, TrackAnswer } from '../../../contract/answers.ts';
import { BackendError } from '../core/backend-error.ts';
import type { SearchBackend } from '../core/search-backend.ts';
import type { SearchState } from '../core/search-state.ts';

const QUERY_PREFIX = 'q:';

const UNREACHABLE = new BackendError(
  'PANEL_UNREACHABLE',
  'The server of this page does not answer',
  'Check that earshot serve is running, then try again.',
);

async function failureOf(response: Response): Promise<BackendError> {
  const body = (await response.json().catch(() => undefined)) as Partial<ErrorAnswer> | undefined;
  if (!body?.error)
    return new BackendError('PANEL_UNREACHABLE', `The server answered ${response.status}`, 'Try again.');
  return new BackendError(body.error.code, body.error.message, body.error.remedy);
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((error: unknown) => {
    throw init.signal?.aborted ? error : UNREACHABLE;
  });
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

const postJson = <T>(path: string, body: unknown, signal: AbortSignal): Promise<T> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });

async function exampleTitle(like: string, signal: AbortSignal): Promise<string> {
  if (like.startsWith(QUERY_PREFIX)) {
    const id = encodeURIComponent(like.slice(QUERY_PREFIX.length));
    return (await ask<QueryAnswer>(`api/queries/${id}`, { signal })).title;
  }
  const { document } = await ask<TrackAnswer>(`api/tracks/${encodeURIComponent(like)}`, { signal });
  return String(document.title ?? like);
}

const settingsOf = ({ space, k, candidates, isExact, bySegments }: SearchState) => ({
  ...(space === undefined ? {} : { space }),
  k,
  nc: candidates,
  exact: isExact,
  segments: bySegments,
});

/** The gateway over fetch. Addresses are relative, so the page may live under a path. */
export function createHttpBackend(): SearchBackend {
  return {
    search: (state, signal) =>
      postJson('api/search', { ...settingsOf(state), like: state.like, filters: state.filters }, signal),
    upload: (file, state, signal) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(settingsOf(state))) form.set(name, String(value));
      form.set('filters', JSON.stringify(state.filters));
      form.set('file', file, file.name);
      return ask('api/search', { method: 'POST', body: form, signal });
    },
    status: (signal) => ask('api/status', { signal }),
    facets: (space, signal) =>
      ask(`api/facets${space === undefined ? '' : `?space=${encodeURIComponent(space)}`}`, { signal }),
    snippet: (language, source, signal) => postJson('api/snippet', { language, source }, signal),
    exampleTitle,
    audioUrl: (id) => `api/audio/${encodeURIComponent(id)}`,
  };
}
