// SPDX-License-Identifier: Apache-2.0
import { sineOfTurns } from './exact-math.ts';

const SIZE = 2048;
const MASK = SIZE - 1;
const SINE = Float64Array.from({ length: SIZE }, (_, index) => sineOfTurns(index / SIZE));

/** One period of a wave, 2,048 points and the first once more. */
export type Wavetable = Float64Array;

/** A period from the amplitudes of its harmonics (first = fundamental); phases are spread so that peaks stay low. */
export const createWavetable = (amplitudes: readonly number[]): Wavetable => {
  const table = new Float64Array(SIZE + 1);
  for (const [index, amplitude] of amplitudes.entries()) {
    if (amplitude === 0) continue;
    const harmonic = index + 1;
    const phase = (harmonic * harmonic * 331) & MASK;
    for (let i = 0; i < SIZE; i++) {
      table[i] = (table[i] as number) + amplitude * (SINE[(harmonic * i + phase) & MASK] as number);
    }
  }
  let peak = 1e-9;
  for (let i = 0; i < SIZE; i++) peak = Math.max(peak, Math.abs(table[i] as number));
  for (let i = 0; i < SIZE; i++) table[i] = (table[i] as number) / peak;
  table[SIZE] = table[0] as number;
  return table;
};

/** The plain sine. */
export const SINE_TABLE: Wavetable = createWavetable([1]);

/** How many harmonics of the highest fundamental stay below 0.45 of the sample rate, at most `limit`. */
export const harmonicsBelow = (frequencyHz: number, sampleRateHz: number, limit = 64): number =>
  Math.max(1, Math.min(limit, Math.floor((0.45 * sampleRateHz) / frequencyHz)));

/** Amplitudes by harmonic number up to the band limit. */
export const spectrum = (count: number, amplitude: (harmonic: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => amplitude(index + 1));

/** Plays a period at a frequency curve in hertz, one value a sample. Linear interpolation. */
export const oscillate = (
  table: Wavetable,
  frequencyHz: Float64Array,
  sampleRateHz: number,
  phaseTurns = 0,
): Float64Array => {
  const signal = new Float64Array(frequencyHz.length);
  const step = SIZE / sampleRateHz;
  let position = (phaseTurns - Math.floor(phaseTurns)) * SIZE;
  for (let i = 0; i < signal.length; i++) {
    const index = Math.floor(position) & MASK;
    const left = table[index] as number;
    signal[i] = left + ((table[index + 1] as number) - left) * (position - Math.floor(position));
    position += (frequencyHz[i] as number) * step;
    if (position >= SIZE) position -= SIZE * Math.floor(position / SIZE);
  }
  return signal;
};
