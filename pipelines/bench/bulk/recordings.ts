// SPDX-License-Identifier: Apache-2.0

export const DIMS = 2048;

export interface BenchRecording {
  readonly id: string;
  readonly key: string;
  readonly vector: Float32Array;
}

/** Vectors of float32 numbers with all their digits, as networks give them; the same in every run. */
export function makeRecordings(count: number): BenchRecording[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, (_, i) => ({
    id: `recording-${i}`,
    key: `field/recording-${i}.wav`,
    vector: Float32Array.from({ length: DIMS }, next),
  }));
}
