// SPDX-License-Identifier: Apache-2.0

/** How often values of a size occurred, in bounded memory. */
export interface ValueHistogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  /** Width of a bin. */
  readonly width: number;
  /** Bin i holds the values around (i − bins / 2 + ½) · width. */
  readonly bins: Float64Array;
  add(values: Float32Array): void;
}

const BINS = 4096;

/** Smallest and largest value, infinite where there is none. */
function extremes(values: Float32Array): readonly [number, number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

/**
 * Counts values as they come. The bins lie symmetrically around zero; when a value falls outside, their width is doubled
 * and neighbours are merged, so what was counted stays counted and the order of the values hardly matters.
 */
export function createValueHistogram(): ValueHistogram {
  let [min, max, count, width] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let bins = new Float64Array(BINS);

  const doubleWidth = (): void => {
    const wider = new Float64Array(BINS);
    // Zero is an edge before and after: pairs never mix signs.
    for (let i = 0; i < BINS; i++) wider[BINS / 4 + (i >> 1)] = (wider[BINS / 4 + (i >> 1)] ?? 0) + (bins[i] ?? 0);
    bins = wider;
    width *= 2;
  };
  const reach = (size: number): void => {
    if (size === 0) return;
    if (width === 0) width = size / (BINS / 2 - 1);
    while (size >= (width * BINS) / 2) doubleWidth();
  };
  return {
    get min() {
      return min;
    },
    get max() {
      return max;
    },
    get count() {
      return count;
    },
    get width() {
      return width;
    },
    get bins() {
      return bins;
    },
    add: (values) => {
      const [low, high] = extremes(values);
      min = Math.min(min, low);
      max = Math.max(max, high);
      // Zeros before the first other value need no bins: no range depends on them.
      reach(Math.max(Math.abs(low), Math.abs(high)));
      count += values.length;
      if (width === 0) return;
      const scale = 1 / width;
      for (let i = 0; i < values.length; i++) {
        const bin = Math.floor((values[i] as number) * scale) + BINS / 2;
        bins[bin] = (bins[bin] as number) + 1;
      }
    },
  };
}
