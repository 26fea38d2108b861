// SPDX-License-Identifier: Apache-2.0

import type { TimeSpan } from '@earshot/mappings/search';

/** A melody as it is indexed: a vector a window, and its pitch. */
export interface PoolSong {
  /** Key of the target, or the name of a generated one. */
  readonly id: string;
  /** MIDI semitones every 32 ms, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
  /** In order of their starts; none without a melody. */
  readonly windows: readonly TimeSpan[];
  /** Unit vectors, float32 [windows × dims]. */
  readonly vectors: Float32Array;
}

/** A melody that is asked for. */
export interface HummedMelody {
  readonly pitch: Float32Array;
  /** Parts of it that get a vector each. */
  readonly versions: readonly (TimeSpan & { readonly vector: Float32Array })[];
  /** Vector of all of it. */
  readonly whole: Float32Array;
}

/** Where in a song a hum may begin. */
export type Scope = 'start' | 'anywhere';

/** Windows from the first note on. */
export function windowsFromStart(windows: readonly TimeSpan[]): number {
  const first = windows[0]?.start_ms;
  const end = windows.findIndex(({ start_ms }) => start_ms !== first);
  return end < 0 ? windows.length : end;
}

/** In four sums: a single one would wait for itself at every step. */
function dot(vector: Float32Array, rows: Float32Array, at: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = vector.length - (vector.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += (vector[i] as number) * (rows[at + i] as number);
    s1 += (vector[i + 1] as number) * (rows[at + i + 1] as number);
    s2 += (vector[i + 2] as number) * (rows[at + i + 2] as number);
    s3 += (vector[i + 3] as number) * (rows[at + i + 3] as number);
  }
  for (let i = whole; i < vector.length; i++) s0 += (vector[i] as number) * (rows[at + i] as number);
  return s0 + s1 + s2 + s3;
}

/** Cosine of a vector and each of a song's first `count` windows. */
export function windowCosines({ vectors }: PoolSong, vector: Float32Array, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => dot(vector, vectors, row * vector.length));
}

/** The best of them. */
export function bestCosine({ vectors }: PoolSong, vector: Float32Array, count: number): number {
  let best = -1;
  for (let row = 0; row < count; row++) best = Math.max(best, dot(vector, vectors, row * vector.length));
  return best;
}
