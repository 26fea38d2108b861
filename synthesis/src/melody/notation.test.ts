// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseMelody } from './notation.ts';

it('reads letters, accidentals, octave marks, lengths and rests', () => {
  expect(parseMelody("c d#:0.5 | b&, r:2 g'':.25")).toEqual([
    [0, 1],
    [3, 0.5],
    [-2, 1],
    [null, 2],
    [31, 0.25],
  ]);
});

it('names the token that is not a note', () => {
  expect(() => parseMelody('c h d')).toThrow('"h" is not a note');
});
