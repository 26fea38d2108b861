// SPDX-License-Identifier: Apache-2.0
import { encodePitch } from '@earshot/models/melody';
import { expect, test } from 'vitest';
import { buildMelodiesRequest, melodyHits, readMelodies, readVersionHits } from './melody-hits.ts';

const span = (start_ms: number) => ({
  fields: { 'segments.start_ms': [start_ms], 'segments.end_ms': [start_ms + 8000] },
});
const answer = (hits: readonly object[]) => ({ took: 1, hits: { hits: hits as never } });

test('a version’s list says cosine and places of each song', () => {
  const hit = { _id: 'a', _score: 0.95, inner_hits: { best: { hits: { hits: [span(400), span(0)] } } } };
  expect(readVersionHits(answer([hit]), 'cosine')).toEqual([
    {
      id: 'a',
      cosine: expect.closeTo(0.9),
      spans: [
        { start_ms: 400, end_ms: 8400 },
        { start_ms: 0, end_ms: 8000 },
      ],
    },
  ]);
});

test('titles and pitch tracks are asked for by id, never vectors', () => {
  expect(buildMelodiesRequest('earshot-audio-melody-1', ['a', 'b'])).toEqual({
    method: 'POST',
    path: '/earshot-audio-melody-1/_search',
    body: {
      size: 2,
      _source: ['title', 'audio.uri', 'labels', 'tags.artist', 'tags.genre', 'melody'],
      query: { ids: { values: ['a', 'b'] } },
    },
  });
});

test('hits are what was ranked, with what the documents say; a track that cannot be read is none', () => {
  const pitch = Float32Array.of(Number.NaN, 60, 62.25);
  const found = readMelodies(
    answer([
      { _id: 'a', _source: { title: 'A', melody: { pitch: encodePitch(pitch), hop_ms: 32 } } },
      { _id: 'b', _source: { title: 'B', melody: { pitch: '%', hop_ms: 32 } } },
      { _id: 'c', _source: { title: 'C', melody: { pitch: 3 } } },
      { _id: 'd' },
    ]),
  );
  expect(found.get('a')?.track).toEqual({ pitch, hopMs: 32 });
  expect(['b', 'c', 'd'].map((id) => found.get(id)?.track)).toEqual([undefined, undefined, undefined]);
  const place = { version: 0, cosine: 0.9, span: { start_ms: 400, end_ms: 8400 } };
  const ranked = ['b', 'gone', 'a'].map((id, i) => ({
    id,
    similarity: 0.9 - i / 10,
    alignment: i === 0 ? null : { whole: 0.6, parts: 0.4, tempo: 0 },
    distance: i === 0 ? null : 0.5,
    score: 5 - i,
    places: i === 0 ? [] : [place],
  }));
  expect(melodyHits(ranked, found)).toMatchObject([
    { rank: 1, id: 'b', title: 'B', similarity: 0.9, score: 5, segment: null, melody: { distance: null } },
    { rank: 2, id: 'a', title: 'A', score: 3, segment: place.span, melody: { distance: 0.5 } },
  ]);
});
