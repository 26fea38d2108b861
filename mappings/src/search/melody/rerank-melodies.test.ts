// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { JoinedMelody } from './join-versions.ts';
import { RERANKED_SONGS, rerankMelodies, WEIGHTS } from './rerank-melodies.ts';
import { judgeMatch } from './weak-match.ts';

const HOP_MS = 32;
/** A reproducible draw, 0…1. */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Notes = readonly (readonly [semitones: number, frames: number])[];

function makeNotes(seed: number, count = 60): Notes {
  const draw = drawer(seed);
  let pitch = 60;
  return Array.from({ length: count }, () => {
    pitch = Math.min(72, Math.max(50, pitch + Math.round((draw() - 0.5) * 9)));
    return [pitch, 6 + Math.floor(draw() * 4) * 6] as const;
  });
}

/** The last frame of each note is unvoiced. */
const trackOf = (notes: Notes): Float32Array =>
  Float32Array.from(
    notes.flatMap(([pitch, frames]) => [...Array.from({ length: frames - 1 }, () => pitch), Number.NaN]),
  );

/** Someone else's singing: another key and tempo, every note too long or too short and a little off. */
function hum(notes: Notes, { key = -4, tempo = 1.2, seed = 7 } = {}): Float32Array {
  const draw = drawer(seed);
  return trackOf(
    notes.map(([pitch, frames]) => [
      pitch + key + (draw() - 0.5) * 0.8,
      Math.max(3, Math.round(frames * tempo * (0.8 + 0.4 * draw()))),
    ]),
  );
}

const queryOf = (pitch: Float32Array) => ({
  pitch,
  hopMs: HOP_MS,
  versions: [1, 0.85, 0.72, 0.6].map((share) => ({ start_ms: 0, end_ms: Math.round(pitch.length * share) * HOP_MS })),
});

const joinedAt = (id: string, startMs: number, similarity = 0.8): JoinedMelody => ({
  id,
  similarity,
  places: [{ version: 0, cosine: similarity, span: { start_ms: startMs, end_ms: startMs + 8000 } }],
});

describe('reranking by pitch tracks', () => {
  const songs = Array.from({ length: 20 }, (_, i) => ({
    id: `song-${String(i).padStart(2, '0')}`,
    notes: makeNotes(i + 1),
  }));
  const tracks = new Map(songs.map(({ id, notes }) => [id, { pitch: trackOf(notes), hopMs: HOP_MS }]));
  const framesBefore = (notes: Notes, count: number): number =>
    notes.slice(0, count).reduce((sum, [, frames]) => sum + frames, 0);

  test.each([
    { key: -5, tempo: 1.3 },
    { key: 0, tempo: 1 },
    { key: 7, tempo: 0.7 },
  ])('the song hummed in another key and tempo comes first, wherever the hum begins: %o', (how) => {
    for (const { id, notes } of songs.slice(0, 5)) {
      const begin = 12;
      const query = queryOf(hum(notes.slice(begin, begin + 14), how));
      const joined = songs.map((song) => joinedAt(song.id, framesBefore(song.notes, begin) * HOP_MS));
      const [first, second] = rerankMelodies(query, joined, tracks);
      expect(first?.id).toBe(id);
      expect(first?.distance).toBeLessThan(0.6);
      expect(second?.distance).toBeGreaterThan((first?.distance ?? 0) + 0.3);
    }
  });

  test('the very same notes lie no distance apart, whatever lies before and behind them', () => {
    const [{ notes, id }] = songs as [(typeof songs)[number]];
    const query = queryOf(trackOf(notes.slice(5, 20)));
    const [only] = rerankMelodies(query, [joinedAt(id, framesBefore(notes, 5) * HOP_MS)], tracks);
    expect(only?.distance).toBeLessThan(0.1);
    expect(only?.alignment?.tempo).toBeLessThan(0.05);
    expect(only?.score).toBeCloseTo(
      WEIGHTS.similarity * 0.8 - (only?.distance ?? 0) - WEIGHTS.tempo * (only?.alignment?.tempo ?? 0),
      10,
    );
  });

  test('of several places in a song the nearest counts, and a place beyond the end of the song none', () => {
    const [{ notes, id }] = songs as [(typeof songs)[number]];
    const query = queryOf(trackOf(notes.slice(5, 20)));
    const places = [30, 5, 1000].map((count, i) => ({
      version: i,
      cosine: 0.8,
      span: { start_ms: framesBefore(notes, count) * HOP_MS, end_ms: framesBefore(notes, count) * HOP_MS + 8000 },
    }));
    const [only] = rerankMelodies(query, [{ id, similarity: 0.8, places }], tracks);
    expect(only?.distance).toBeLessThan(0.1);
  });

  test('parts of a query that begin elsewhere are compared each with its own place, and averaged', () => {
    const [{ notes, id }, other] = songs as [(typeof songs)[number], (typeof songs)[number]];
    const pitch = trackOf(notes);
    const [a, b] = [framesBefore(notes, 8) * HOP_MS, framesBefore(notes, 30) * HOP_MS];
    const versions = [a, b].map((start_ms) => ({ start_ms, end_ms: start_ms + 6016 }));
    const places = versions.map((span, version) => ({ version, cosine: 0.8, span }));
    const joined = [id, other.id].map((one) => ({ id: one, similarity: 0.8, places }));
    const [first, second] = rerankMelodies({ pitch, hopMs: HOP_MS, versions }, joined, tracks);
    expect(first?.id).toBe(id);
    expect(first?.distance).toBeLessThan(0.1);
    expect(second?.distance).toBeGreaterThan(0.8);
  });

  test('who loses the key halfway and hurries on has the notes right, phrase by phrase', () => {
    const [{ notes, id }, ...others] = songs as [(typeof songs)[number], ...typeof songs];
    const [before, after] = [notes.slice(0, 8), notes.slice(8, 16)];
    const pitch = Float32Array.from([...hum(before), ...hum(after, { key: -1.5, tempo: 0.8 })]);
    const joined = [id, ...others.map((other) => other.id)].map((one) => joinedAt(one, 0));
    const [first] = rerankMelodies(queryOf(pitch), joined, tracks);
    expect(first?.id).toBe(id);
    expect(first?.alignment?.parts).toBeLessThan(0.7 * (first?.alignment?.whole ?? 0));
  });

  test('a song without a track counts as far as the others are on average', () => {
    const [{ notes, id }, other] = songs as [(typeof songs)[number], (typeof songs)[number]];
    const query = queryOf(hum(notes.slice(0, 14)));
    const joined = [joinedAt('bare', 0), joinedAt(other.id, 0), joinedAt(id, 0)];
    expect(rerankMelodies(query, joined, tracks).map((song) => [song.id, song.distance === null])).toEqual([
      [id, false],
      ['bare', true],
      [other.id, false],
    ]);
    expect(rerankMelodies(query, [joinedAt('bare', 0)], tracks)).toMatchObject([
      { distance: null, score: expect.closeTo(WEIGHTS.similarity * 0.8) },
    ]);
  });

  test('only the first fifty are compared; the others follow as they were', () => {
    const [{ notes, id }] = songs as [(typeof songs)[number]];
    const many = Array.from({ length: RERANKED_SONGS + 10 }, (_, i) => joinedAt(`x${i}`, 0, 0.9 - i * 0.001));
    const same = new Map(many.map((song) => [song.id, tracks.get(id)!]));
    const ranked = rerankMelodies(queryOf(hum(notes.slice(0, 14))), many, same);
    expect(ranked.slice(RERANKED_SONGS).map((song) => [song.id, song.distance])).toEqual(
      many.slice(RERANKED_SONGS).map((song) => [song.id, null]),
    );
    const scores = ranked.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('a query with next to no voice compares with nothing, and says so', () => {
    const joined = [joinedAt('song-00', 0)];
    expect(rerankMelodies(queryOf(new Float32Array(300).fill(Number.NaN)), joined, tracks)[0]?.distance).toBeNull();
    expect(rerankMelodies(queryOf(new Float32Array(10).fill(60)), joined, tracks)[0]?.distance).toBeNull();
  });
});

describe('a weak match', () => {
  const ranked = (similarity: number, distance: number) => [
    { ...joinedAt('a', 0, similarity), alignment: null, distance, score: WEIGHTS.similarity * similarity - distance },
  ];
  test('is told from a good one by how near the first song comes, in words', () => {
    expect(judgeMatch(ranked(0.95, 0.4))).toEqual({ weak_match: false, weak_match_reason: null });
    expect(judgeMatch(ranked(0.7, 1.4))).toEqual({
      weak_match: true,
      weak_match_reason: 'the nearest song is not near: cosine 0.70, 1.40 semitones apart on average',
    });
  });
  test('is what an empty result is', () => {
    expect(judgeMatch([])).toMatchObject({ weak_match: true });
  });
});
