// SPDX-License-Identifier: Apache-2.0
import type { Curve } from './curve.ts';
import { cosineOfTurns, gainOfDecibels, sineOfTurns } from './exact-math.ts';

/** Second-order section with a₀ = 1: y = b0·x + b1·x₁ + b2·x₂ − a1·y₁ − a2·y₂. */
type Section = { readonly b: readonly [number, number, number]; readonly a1: number; readonly a2: number };

type FilterKind = 'low-pass' | 'high-pass' | 'band-pass' | 'peak' | 'low-shelf' | 'high-shelf';

export type Filter = {
  readonly kind: FilterKind;
  /** Corner or centre; held below 0.45 of the sample rate. */
  readonly frequencyHz: number;
  readonly q?: number;
  /** Of peak and shelves. */
  readonly decibels?: number;
};

const shelf = (filter: Filter, cosine: number, alpha: number): Section => {
  const a = Math.sqrt(gainOfDecibels(filter.decibels ?? 0));
  const sign = filter.kind === 'low-shelf' ? 1 : -1;
  const root = 2 * Math.sqrt(a) * alpha;
  const a0 = a + 1 + sign * (a - 1) * cosine + root;
  return {
    b: [
      (a * (a + 1 - sign * (a - 1) * cosine + root)) / a0,
      (sign * 2 * a * (a - 1 - sign * (a + 1) * cosine)) / a0,
      (a * (a + 1 - sign * (a - 1) * cosine - root)) / a0,
    ],
    a1: (-sign * 2 * (a - 1 + sign * (a + 1) * cosine)) / a0,
    a2: (a + 1 + sign * (a - 1) * cosine - root) / a0,
  };
};

/** Coefficients after R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients". */
const design = (filter: Filter, sampleRateHz: number): Section => {
  const turns = Math.min(filter.frequencyHz / sampleRateHz, 0.45);
  const cosine = cosineOfTurns(turns);
  const alpha = sineOfTurns(turns) / (2 * (filter.q ?? Math.SQRT1_2));
  if (filter.kind === 'low-shelf' || filter.kind === 'high-shelf') return shelf(filter, cosine, alpha);
  if (filter.kind === 'peak') {
    const a = Math.sqrt(gainOfDecibels(filter.decibels ?? 0));
    const a0 = 1 + alpha / a;
    const middle = (-2 * cosine) / a0;
    return { b: [(1 + alpha * a) / a0, middle, (1 - alpha * a) / a0], a1: middle, a2: (1 - alpha / a) / a0 };
  }
  const a0 = 1 + alpha;
  const poles = { a1: (-2 * cosine) / a0, a2: (1 - alpha) / a0 };
  if (filter.kind === 'band-pass') return { b: [alpha / a0, 0, -alpha / a0], ...poles };
  const edge = filter.kind === 'low-pass' ? (1 - cosine) / 2 / a0 : (1 + cosine) / 2 / a0;
  return { b: [edge, filter.kind === 'low-pass' ? 2 * edge : -2 * edge, edge], ...poles };
};

/** Filters in place through the sections one after the other (transposed direct form II). */
export const applyFilters = (
  signal: Float64Array,
  sampleRateHz: number,
  ...filters: readonly Filter[]
): Float64Array => {
  for (const filter of filters) {
    const { b, a1, a2 } = design(filter, sampleRateHz);
    const [b0, b1, b2] = b;
    let s1 = 0;
    let s2 = 0;
    for (let i = 0; i < signal.length; i++) {
      const x = signal[i] as number;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      signal[i] = y;
    }
  }
  return signal;
};

const UPDATE_STEP = 32;

/** A band-pass (peak gain 1) whose centre moves along a curve in hertz; returns a new signal. State-variable form, stable while it moves. */
export const movingBandPass = (
  signal: Float64Array,
  centreHz: Curve,
  { q, sampleRateHz }: { readonly q: number; readonly sampleRateHz: number },
): Float64Array => {
  const result = new Float64Array(signal.length);
  const k = 1 / q;
  let g = 0;
  let a1 = 0;
  let ic1 = 0;
  let ic2 = 0;
  for (let i = 0; i < signal.length; i++) {
    if (i % UPDATE_STEP === 0) {
      const turns = Math.min(Math.max(centreHz(i / sampleRateHz), 20) / sampleRateHz, 0.45) / 2;
      g = sineOfTurns(turns) / cosineOfTurns(turns);
      a1 = 1 / (1 + g * (g + k));
    }
    const v3 = (signal[i] as number) - ic2;
    const v1 = a1 * (ic1 + g * v3);
    const v2 = ic2 + g * v1;
    ic1 = 2 * v1 - ic1;
    ic2 = 2 * v2 - ic2;
    result[i] = k * v1;
  }
  return result;
};
