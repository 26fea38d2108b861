// SPDX-License-Identifier: Apache-2.0
import type { SearchAnswer, SearchHit, StatusAnswer } from '../../../contract/answers.ts';
import type { SearchBackend } from '../core/search-backend.ts';

interface Pending {
  readonly signal: AbortSignal;
  resolve(answer: SearchAnswer): void;
  reject(error: Error): void;
}

export const someHit = (rank: number): SearchHit => ({
  rank,
  id: `track-${rank}`,
  score: 1 - rank / 20,
  similarity: 1 - rank / 10,
  title: `Track ${rank}`,
  uri: `file:///music/track-${rank}.wav`,
  labels: {},
  tags: { genre: ['folk'] },
  segment: { start_ms: 2000, end_ms: 4000 },
});

export const someAnswer = (changes: Partial<SearchAnswer>): SearchAnswer => ({
  space: 'spectral-1',
  took_ms: { decode: 12, embed: 38, search: 4, total: 61 },
  total: 2,
  hits: [someHit(1), someHit(2)],
  request: { method: 'POST', path: '/earshot-audio-spectral-1/_search', body: { size: 10 } },
  ...changes,
});

export const someStatus = (changes: Partial<StatusAnswer> = {}): StatusAnswer => ({
  library: 'audio',
  elasticsearch: { ok: true, reason: '9.4.3' },
  inference: { ok: true, reason: 'cpu' },
  spaces: [{ id: 'spectral-1', ok: true, reason: '', documents: 240, fingerprint: '0123456789ab', acceptsText: false }],
  capabilities: {
    upload: { ok: true, reason: '' },
    text: { ok: false, reason: 'none of the spaces embeds words' },
    audio: { ok: true, reason: '' },
    devTools: { ok: true, reason: '' },
  },
  kibanaUrl: 'http://kibana.example:5601',
  maxUploadBytes: 1_000_000,
  ...changes,
});

/** A backend whose searches wait until the test answers them: for injected faults and overtaking. */
export function createStandInBackend(status: StatusAnswer = someStatus()) {
  const searches: Pending[] = [];
  const uploads: Pending[] = [];
  const pend = (list: Pending[], signal: AbortSignal): Promise<SearchAnswer> =>
    new Promise((resolve, reject) => list.push({ signal, resolve, reject }));
  const backend: SearchBackend = {
    search: (_state, signal) => pend(searches, signal),
    upload: (_file, _state, signal) => pend(uploads, signal),
    status: async () => status,
    facets: async () => ({ facets: [{ key: 'genre', values: [{ value: 'folk', count: 3 }] }] }),
    snippet: async (language) => ({ language, code: `snippet in ${language}` }),
    exampleTitle: async (like) => `Title of ${like}`,
    audioUrl: (id) => `api/audio/${id}`,
  };
  return { backend, searches, uploads };
}
