// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { RecordingContent } from '../indexed-content.ts';
import { compareContents, compareVectors } from './compare-vectors.ts';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
const content = (changes: Partial<RecordingContent> = {}): RecordingContent =>
  ({ status: 'ready', embedding: vector(1, 0), segments: [], ...changes }) as RecordingContent;

test('equal vectors have cosine one and no difference', () => {
  expect(compareVectors(vector(0.6, 0.8), vector(0.6, 0.8))).toEqual({ cosine: 1, difference: 0 });
  const turned = compareVectors(vector(1, 0), vector(0, 1));
  expect(turned).toEqual({ cosine: 0, difference: 1 });
});

test('a vector of other length is like none', () => {
  expect(compareVectors(vector(1, 0), vector(1)).cosine).toBeNaN();
});

test('a pitch track that has moved is drift, steps of its storage are none', () => {
  const melody = (pitch: Float32Array, hopMs = 32) => ({ melody: { pitch, hopMs } });
  const track = new Float32Array(200).fill(60).map((value, i) => (i < 20 ? Number.NaN : value));
  const near = track.map((value) => value + 0.12);
  const moved = track.map((value, i) => (i % 20 === 0 ? value + 12 : value));
  expect(compareContents(content(melody(track)), content(melody(near)))).toMatchObject({ kind: 'compared' });
  expect(compareContents(content(melody(track)), content(melody(moved)))).toEqual({
    kind: 'different',
    detail: 'the pitch of 9 of 200 frames differs',
  });
  for (const other of [content(), content(melody(track.slice(1)))])
    expect(compareContents(content(melody(track)), other)).toMatchObject({ kind: 'different' });
});

test('the least alike vector of a recording counts, be it of a segment', () => {
  const segment = (embedding: Float32Array) => ({ startMs: 0, endMs: 1000.4, embedding });
  const stored = content({ segments: [segment(vector(1, 0))] });
  const now = content({ segments: [segment(vector(0.8, 0.6))] });
  expect(compareContents(stored, now)).toMatchObject({ kind: 'compared', cosine: expect.closeTo(0.8, 6) });
  expect(compareContents(stored, content())).toMatchObject({ kind: 'different' });
  expect(compareContents(stored, { ...now, status: 'silent' })).toMatchObject({ kind: 'different' });
  expect(compareContents(content(), content({ embedding: null }))).toMatchObject({ kind: 'different' });
});
