// SPDX-License-Identifier: Apache-2.0

/**
 * Index of the first sample that is no number or not finite, or -1. Every sample of every request passes here: given a
 * callback, `findIndex` and `every` put each one on the heap, which takes ten times as long and keeps the collector busy.
 */
export function findNonFinite(samples: Float32Array): number {
  for (let at = 0; at < samples.length; at++) {
    const sample = samples[at] as number;
    // Only a finite number less itself is 0.
    if (sample - sample !== 0) return at;
  }
  return -1;
}
