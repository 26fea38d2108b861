// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { joinVersions, locatingVersions, placeMelodies } from './join-versions.ts';

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

test('a song is looked for with the longest version of each beginning, and of many beginnings with a few', () => {
  const prefixes = [8000, 6800, 5760].map((end_ms) => ({ start_ms: 320, end_ms }));
  expect(locatingVersions(prefixes)).toEqual([0]);
  const windows = Array.from({ length: 16 }, (_, i) => span(i * 1000));
  expect(locatingVersions(windows)).toEqual([0, 5, 10, 15]);
  expect(locatingVersions([])).toEqual([]);
});

test('places found afterwards take the place of what the lists said', () => {
  const joined = joinVersions([['a', 'b'].map((id) => ({ id, cosine: 0.5, spans: [] }))]);
  const located = new Map([
    [2, [{ id: 'a', cosine: 0.7, spans: [span(0), span(500)] }]],
    [5, [{ id: 'a', cosine: 0.8, spans: [span(900)] }]],
  ]);
  const [a, b] = placeMelodies(joined, located);
  expect(a?.places.map(({ version, span: { start_ms } }) => [version, start_ms])).toEqual([
    [5, 900],
    [2, 0],
    [2, 500],
  ]);
  expect(b).toMatchObject({ id: 'b', similarity: 0.5, places: [] });
});

test('an empty list says nothing, ties go by id, and no list at all gives no song', () => {
  const tied = ['b', 'a'].map((id) => ({ id, cosine: 0.5, spans: [] }));
  expect(joinVersions([tied, []]).map(({ id, similarity }) => [id, similarity])).toEqual([
    ['a', 0.5],
    ['b', 0.5],
  ]);
  expect(joinVersions([])).toEqual([]);
});
