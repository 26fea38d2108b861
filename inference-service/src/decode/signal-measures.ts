// SPDX-License-Identifier: Apache-2.0

const LARGEST_PEAK = 127;

function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return peak;
}

/** RMS level in dB relative to full scale (a full-scale square wave is 0); null for digital silence. */
export function loudnessDbfs(samples: Float32Array): number | null {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return sum === 0 ? null : 10 * Math.log10(sum / samples.length);
}

/**
 * Waveform for drawing: the largest absolute sample in each of `count` equal parts, 0…127 for 0…1 (beyond 1 clips).
 * Parts without a sample (more parts than samples) repeat the sample they fall on.
 */
export function peaks(samples: Float32Array, count: number): number[] {
  return Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((part + 1) * samples.length) / count));
    return Math.min(LARGEST_PEAK, Math.round(LARGEST_PEAK * peakOf(samples.subarray(from, to))));
  });
}
