// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readHits, readSegments, readTotal } from './search-hit.ts';

const response = {
  took: 3,
  hits: {
    total: { value: 2, relation: 'eq' },
    hits: [
      {
        _id: 'a',
        _score: 0.75,
        _source: {
          title: 'Kick',
          audio: { uri: 'file:///kick.wav' },
          labels: { kind: 'drum' },
          tags: { genre: ['beat'] },
        },
        inner_hits: { best: { hits: { hits: [{ fields: { 'segments.start_ms': [0], 'segments.end_ms': [5000] } }] } } },
      },
      { _id: 'b', _score: 0.5 },
    ],
  },
};

test('hits carry rank, raw similarity, title, address, labels and time span', () => {
  expect(readHits(response, 'cosine')).toEqual([
    {
      rank: 1,
      id: 'a',
      score: 0.75,
      similarity: 0.5,
      title: 'Kick',
      uri: 'file:///kick.wav',
      labels: { kind: 'drum' },
      tags: { genre: ['beat'] },
      segment: { start_ms: 0, end_ms: 5000 },
    },
    { rank: 2, id: 'b', score: 0.5, similarity: 0, title: '', uri: '', labels: {}, tags: {}, segment: null },
  ]);
});

test('the total and the best segments by document are read from the same response', () => {
  expect(readTotal(response)).toBe(2);
  expect([...readSegments(response)]).toEqual([['a', { start_ms: 0, end_ms: 5000 }]]);
});
