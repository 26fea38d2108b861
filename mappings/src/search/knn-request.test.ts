// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { parseFilter } from './filter.ts';
import { buildExactRequest, buildKnnRequest } from './knn-request.ts';

const base = { index: 'earshot-audio-spectral-1', query: { vector: 'PwAAAA==' }, k: 10, numCandidates: 100 };

test('a plain search is one top-level knn clause without a filter', () => {
  expect(buildKnnRequest(base)).toEqual({
    method: 'POST',
    path: '/earshot-audio-spectral-1/_search',
    body: {
      size: 10,
      _source: ['title', 'audio.uri', 'labels', 'tags.artist', 'tags.genre'],
      knn: { field: 'embedding', query_vector: 'PwAAAA==', k: 10, num_candidates: 100 },
    },
  });
});

test('filters and excluded ids stand inside knn, so that they narrow before and k hits remain', () => {
  const { body } = buildKnnRequest({ ...base, filters: [parseFilter('codec:flac')], excludeIds: ['a'] });
  expect(body).toMatchObject({
    knn: {
      filter: {
        bool: {
          filter: [{ term: { 'audio.codec': { value: 'flac', case_insensitive: true } } }],
          must_not: [{ ids: { values: ['a'] } }],
        },
      },
    },
  });
});

test('a lookup takes the vector from a document', () => {
  const lookup = { index: 'earshot-audio-spectral-1', id: 'x', path: 'embedding' };
  expect(buildKnnRequest({ ...base, query: { lookup } }).body).toMatchObject({
    knn: { query_vector_builder: { lookup } },
  });
});

test('segments are searched in their own field and say which window matched', () => {
  expect(buildKnnRequest({ ...base, segments: true }).body).toMatchObject({
    knn: { field: 'segments.embedding', inner_hits: { name: 'best', size: 1 } },
  });
});

test('hits may be bare and name several windows', () => {
  for (const { body } of [
    buildKnnRequest({ ...base, segments: true, spans: 3, describes: false }),
    buildExactRequest({
      ...base,
      query: { vector: [0.5] },
      similarity: 'cosine',
      segments: true,
      spans: 3,
      describes: false,
    }),
  ]) {
    expect(body._source).toBe(false);
    expect(JSON.stringify(body)).toContain('"inner_hits":{"name":"best","size":3');
  }
});

test('an exact search scores by a script with the score of kNN', () => {
  const { body } = buildExactRequest({ ...base, query: { vector: [0.5] }, similarity: 'cosine' });
  expect(body).toMatchObject({
    query: {
      script_score: {
        query: { bool: { filter: [{ exists: { field: 'embedding' } }] } },
        script: { source: "(cosineSimilarity(params.q, 'embedding') + 1.0) / 2", params: { q: [0.5] } },
      },
    },
  });
});

test.each([
  { k: 0, numCandidates: 100 },
  { k: 101, numCandidates: 100 },
  { k: 10, numCandidates: 10_001 },
  { k: 1.5, numCandidates: 100 },
])('limits outside what Elasticsearch takes are refused: %o', (limits) => {
  expect(() => buildKnnRequest({ ...base, ...limits })).toThrow('k must be a whole number');
});
