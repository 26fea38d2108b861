// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { foldVectors } from './fold-vectors.ts';

const knn = (vector: unknown) => ({
  method: 'POST',
  path: '/a/_search',
  body: { knn: { field: 'embedding', query_vector: vector, k: 3, filter: { term: { a: 1 } } } },
});

it('turns the vector of a stored query into a lookup that Elasticsearch runs', () => {
  const lookup = { index: 'earshot-queries', id: '7', path: 'embedding.spectral-1' };
  expect(foldVectors(knn('PwAAAA=='), lookup)).toEqual({
    method: 'POST',
    path: '/a/_search',
    body: { knn: { field: 'embedding', query_vector_builder: { lookup }, k: 3, filter: { term: { a: 1 } } } },
  });
});

it('leaves no vector where there is no lookup, in kNN and in exact scripts', () => {
  expect(JSON.stringify(foldVectors(knn([0.25, 0.5])))).not.toContain('0.25');
  const exact = { query: { bool: { must: [{ nested: { query: { script: { params: { q: [0.25] } } } } }] } } };
  expect(JSON.stringify(foldVectors(exact))).toContain('"q":"<vector>"');
});

it('leaves a lookup by document id as it is', () => {
  const body = { knn: { query_vector_builder: { lookup: { index: 'i', id: 'x', path: 'embedding' } } } };
  expect(foldVectors(body)).toEqual(body);
});
