// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../signal/random.ts';
import type { MelodyNote } from './melody.ts';

const SCALES = [
  [0, 2, 4, 5, 7, 9, 11],
  [0, 2, 3, 5, 7, 8, 10],
  [0, 2, 4, 7, 9],
  [0, 3, 5, 7, 10],
  [0, 2, 3, 5, 7, 9, 10],
] as const;

const RHYTHMS = [
  [1, 1, 1, 1],
  [1, 0.5, 0.5, 2],
  [0.5, 0.5, 0.5, 0.5, 1, 1],
  [1.5, 0.5, 1, 1],
  [0.75, 0.25, 1, 0.75, 0.25, 1],
  [2, 1, 1],
] as const;

/** A walk on a scale in bars of four beats, mostly by steps, bars sometimes repeated, home at the end. */
export const generateMelody = (random: Random, bars: number): MelodyNote[] => {
  const scale = random.pick(SCALES);
  const pitch = (degree: number): number => {
    const octave = Math.floor(degree / scale.length);
    return 12 * octave + (scale[degree - octave * scale.length] ?? 0);
  };
  const notes: MelodyNote[][] = [];
  let degree = random.integer(0, 4);
  for (let bar = 0; bar < bars; bar++) {
    const repeated = notes[random.integer(0, Math.max(0, bar - 1))];
    if (repeated !== undefined && random.chance(0.3)) {
      notes.push(repeated);
      continue;
    }
    notes.push(
      random.pick(RHYTHMS).map((beats): MelodyNote => {
        degree += random.chance(0.75) ? random.pick([-1, 1, 1, -1, 0]) : random.integer(-4, 4);
        degree = Math.min(scale.length + 3, Math.max(-3, degree));
        return [random.chance(0.05) ? null : pitch(degree), beats];
      }),
    );
  }
  return [...notes.flat(), [0, 2]];
};
