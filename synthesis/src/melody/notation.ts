// SPDX-License-Identifier: Apache-2.0
import type { MelodyNote } from './melody.ts';

const SEMITONES: Readonly<Record<string, number>> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };
const TOKEN = /^([a-g])(#|&)?([',]*)(?::(\d*\.?\d+))?$/;
const REST = /^r(?::(\d*\.?\d+))?$/;

const parseToken = (token: string): MelodyNote => {
  const rest = REST.exec(token);
  if (rest !== null) return [null, Number(rest[1] ?? 1)];
  const match = TOKEN.exec(token);
  if (match === null) throw new SyntaxError(`"${token}" is not a note: write for example c, f#, b&, g,:0.5 or r:2.`);
  const [, letter = 'c', accidental, marks = '', beats = '1'] = match;
  const octaves = [...marks].reduce((sum, mark) => sum + (mark === "'" ? 1 : -1), 0);
  const shift = accidental === '#' ? 1 : accidental === '&' ? -1 : 0;
  return [(SEMITONES[letter] ?? 0) + shift + 12 * octaves, Number(beats)];
};

/**
 * Notes from text: letters c–b, `#` sharp, `&` flat, `'` an octave up, `,` an octave down, `r` rest, `:n` beats (1 if not
 * said); `|` is a bar line for the eye. Semitones count from c.
 * @throws SyntaxError naming the token that is not a note.
 */
export const parseMelody = (text: string): MelodyNote[] =>
  text
    .split(/[\s|]+/)
    .filter((token) => token !== '')
    .map(parseToken);
