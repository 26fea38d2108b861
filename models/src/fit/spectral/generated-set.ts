// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SPECTRAL } from '../../build/spaces/spectral/parameters.ts';
import type { GeneratedClip } from './clips.ts';

/**
 * Statistics of the generated corpus that spectral-1 was fitted on, written by `models/training/spectral/fit.ts`: making
 * them anew takes minutes. A line of JSON with the recipe of each clip, then for each statistic its least value and the
 * width of a step (float32, little-endian), then a byte for each value, clip by clip.
 */
export const GENERATED_SET_FILE = fileURLToPath(new URL('./generated-set.bin', import.meta.url));

const STEPS = 255;
const COLUMNS = SPECTRAL.statistics;

/** A 255th of a statistic's range is far below its spread inside one recipe. */
export function encodeGeneratedSet(clips: readonly GeneratedClip[]): Buffer {
  const extreme = (of: (...values: number[]) => number, i: number): number =>
    clips.reduce((most, { statistics }) => of(most, statistics[i] ?? 0), clips[0]?.statistics[i] ?? 0);
  const scales = Float32Array.from({ length: 2 * COLUMNS }, (_, i) => {
    const low = extreme(Math.min, i >> 1);
    return i % 2 === 0 ? low : (extreme(Math.max, i >> 1) - low) / STEPS;
  });
  const header = Buffer.from(`${JSON.stringify(clips.map(({ recipe }) => recipe))}\n`);
  const values = Buffer.alloc(clips.length * COLUMNS);
  clips.forEach(({ statistics }, row) => {
    statistics.forEach((value, i) => {
      const [low = 0, step = 0] = scales.subarray(2 * i, 2 * i + 2);
      values[row * COLUMNS + i] = step > 0 ? Math.min(STEPS, Math.max(0, Math.round((value - low) / step))) : 0;
    });
  });
  return Buffer.concat([header, Buffer.from(scales.buffer), values]);
}

/** @throws when the bytes are not what `encodeGeneratedSet` makes */
export function decodeGeneratedSet(bytes: Buffer): GeneratedClip[] {
  const start = bytes.indexOf('\n') + 1;
  const recipes = JSON.parse(bytes.toString('utf8', 0, start)) as string[];
  const values = start + 8 * COLUMNS;
  if (bytes.length !== values + recipes.length * COLUMNS) throw new Error('the generated set is damaged');
  return recipes.map((recipe, row) => ({
    recipe,
    statistics: Float64Array.from({ length: COLUMNS }, (_, i) => {
      const at = start + 8 * i;
      return bytes.readFloatLE(at) + bytes.readFloatLE(at + 4) * (bytes[values + row * COLUMNS + i] as number);
    }),
  }));
}

export const readGeneratedSet = (): GeneratedClip[] => decodeGeneratedSet(readFileSync(GENERATED_SET_FILE));
