// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { joinVersions } from './join-versions.ts';

const span = (start_ms: number) => ({ start_ms, end_ms: start_ms + 8000 });

test('a song is worth the mean over versions of its best cosine', () => {
  const lists = [
    [
      { id: 'a', cosine: 0.9, spans: [span(0)] },
      { id: 'b', cosine: 0.8, spans: [span(0)] },
    ],
    [
      { id: 'b', cosine: 0.95, spans: [span(400)] },
      { id: 'a', cosine: 0.75, spans: [span(0)] },
    ],
  ];
  expect(joinVersions(lists).map(({ id, similarity }) => [id, Number(similarity.toFixed(4))])).toEqual([
    ['b', 0.875],
    ['a', 0.825],
  ]);
});

test('a song that a list does not hold gets that list’s lowest cosine there', () => {
  const lists = [
    [
      { id: 'a', cosine: 0.9, spans: [] },
      { id: 'b', cosine: 0.5, spans: [] },
    ],
    [{ id: 'b', cosine: 0.7, spans: [] }],
  ];
  expect(joinVersions(lists).map(({ id, similarity }) => [id, Number(similarity.toFixed(4))])).toEqual([
    ['a', 0.8],
    ['b', 0.6],
  ]);
});

test('places are the best of each version first, then their next ones', () => {
  const [song] = joinVersions([
    [{ id: 'a', cosine: 0.7, spans: [span(0), span(1000)] }],
    [{ id: 'a', cosine: 0.9, spans: [span(2000), span(3000)] }],
  ]);
  expect(song?.places.map(({ version, span: { start_ms } }) => [version, start_ms])).toEqual([
    [1, 2000],
    [0, 0],
    [1, 3000],
    [0, 1000],
  ]);
});

test('an empty list says nothing, ties go by id, and no list at all gives no song', () => {
  const tied = ['b', 'a'].map((id) => ({ id, cosine: 0.5, spans: [] }));
  expect(joinVersions([tied, []]).map(({ id, similarity }) => [id, similarity])).toEqual([
    ['a', 0.5],
    ['b', 0.5],
  ]);
  expect(joinVersions([])).toEqual([]);
});
