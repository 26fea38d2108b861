// SPDX-License-Identifier: Apache-2.0

export interface Interval {
  readonly low: number;
  readonly high: number;
}

interface BootstrapOptions {
  readonly resamples?: number;
  /** Share of resampled means inside the interval. */
  readonly confidence?: number;
  readonly seed?: number;
}

/** Percentile bootstrap interval of a mean (Efron 1979), seeded: the same values give the same interval. */
export function bootstrapInterval(
  values: readonly number[],
  { resamples = 2000, confidence = 0.95, seed = 1 }: BootstrapOptions = {},
): Interval {
  if (values.length === 0) throw new RangeError('a mean needs at least one value');
  let state = seed >>> 0;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return values[Math.floor((state / 0x100000000) * values.length)] ?? 0;
  };
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += draw();
    return sum / values.length;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? 0;
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
