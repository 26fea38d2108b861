// SPDX-License-Identifier: Apache-2.0
import type { Bounds } from '../plan/plan-quantisation.ts';
import type { ValueHistogram } from './value-histogram.ts';

/** How much of the observed range the 256 levels cover: all, all but the rarest values, or what errs least. */
export type Clipping = 'max' | 'percentile' | 'mse';

/** Share of the values at either end that may be cut off. */
const RAREST = 1e-5;
const LEVELS = 255;
const CANDIDATES = 128;

/** Within bounds, and always with zero, which padding needs exactly. */
const fitted = (low: number, high: number, bounds: Bounds): Bounds => ({
  low: Math.min(0, Math.max(low, bounds.low)),
  high: Math.max(0, Math.min(high, bounds.high)),
});

function percentileRange({ bins, width, count, min, max }: ValueHistogram): Bounds {
  const middle = bins.length / 2;
  let [first, last] = [0, bins.length - 1];
  for (let seen = bins[first] ?? 0; first < middle && seen <= RAREST * count; seen += bins[++first] ?? 0);
  for (let seen = bins[last] ?? 0; last >= middle && seen <= RAREST * count; seen += bins[--last] ?? 0);
  return { low: Math.max(min, (first - middle) * width), high: Math.min(max, (last + 1 - middle) * width) };
}

/** Summed squared error of 256 levels between low and high: a step's noise inside, the distance outside. */
function squaredError({ bins, width }: ValueHistogram, { low, high }: Bounds, bounds: Bounds): number {
  const step = (high - low) / LEVELS;
  const noise = (step * step) / 12;
  let error = 0;
  for (let i = 0; i < bins.length; i++) {
    const count = bins[i] as number;
    if (count === 0) continue;
    const value = Math.min(bounds.high, Math.max(bounds.low, (i - bins.length / 2 + 0.5) * width));
    const over = value > high ? value - high : low - value;
    error += count * (over > 0 ? over * over : noise);
  }
  return error;
}

function leastErrorRange(histogram: ValueHistogram, whole: Bounds, bounds: Bounds): Bounds {
  let best = { range: whole, error: Number.POSITIVE_INFINITY };
  for (let i = CANDIDATES; i > CANDIDATES / 8; i--) {
    const share = i / CANDIDATES;
    const range = { low: whole.low * share, high: whole.high * share };
    const error = squaredError(histogram, range, bounds);
    if (error < best.error) best = { range, error };
  }
  return best.range;
}

/**
 * The range that 256 levels should cover, zero inside.
 * @param bounds what the value is cut to afterwards; nothing beyond is worth a level
 */
export function chooseRange(histogram: ValueHistogram, bounds: Bounds, clipping: Clipping): Bounds {
  const whole = fitted(histogram.min, histogram.max, bounds);
  if (whole.low === whole.high) return whole;
  if (clipping === 'max') return whole;
  if (clipping === 'mse') return leastErrorRange(histogram, whole, bounds);
  const { low, high } = percentileRange(histogram);
  return fitted(low, high, bounds);
}
