// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { chooseMelody } from './choose-melody.ts';

/** Each after the other, a second long. */
const line = (...pitches: number[]) => pitches.map((pitch, i) => ({ startSeconds: i, seconds: 1, pitch }));
const chords = (...pitches: number[]) =>
  pitches.flatMap((pitch) => line(pitch, pitch, pitch).map((note) => ({ ...note, seconds: 1 })));
const part = (notes: ReturnType<typeof line>, name = '', channel = 0) => ({ name, channel, notes });

test('the highest part that plays a single line is the melody, not chords, percussion or a short fill-in', () => {
  const melody = line(60, 62, 64, 65);
  const parts = [
    part(line(40, 43, 40, 43)),
    part(melody),
    part(chords(72, 76, 79)),
    part(line(90, 90, 90, 90), '', 9),
    part(line(84)),
  ];
  expect(chooseMelody(parts)).toBe(melody);
});

test('a track that is called melody or voice wins over a higher one', () => {
  const sung = line(55, 57, 55);
  expect(chooseMelody([part(line(80, 81, 82)), part(sung, 'Lead Vocals')])).toBe(sung);
});

test('of chords alone all notes are given, for their highest are the tune; of nothing, nothing', () => {
  expect(chooseMelody([part(chords(60, 64)), part(chords(48, 52))])).toHaveLength(12);
  expect(chooseMelody([part(line(40, 41), '', 9)])).toEqual([]);
});
