// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { chooseRange } from './choose-range.ts';
import { createValueHistogram } from './value-histogram.ts';

const FREE = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function histogramOf(...blocks: ArrayLike<number>[]) {
  const histogram = createValueHistogram();
  for (const block of blocks) histogram.add(Float32Array.from(block));
  return histogram;
}

/** Normal numbers by the sum of twelve uniform ones. */
function normal(length: number, seed = 1): Float32Array {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length }, () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b, -6));
}

describe('createValueHistogram', () => {
  test('counts every value once, whatever comes first', () => {
    const values = normal(5000);
    const growing = histogramOf(
      values.map((v) => v / 1e4),
      values,
      values.map((v) => v * 300),
    );
    expect(growing.count).toBe(15_000);
    expect(growing.bins.reduce((sum, count) => sum + count, 0)).toBe(15_000);
    expect(growing.max).toBeCloseTo(300 * Math.max(...values), 3);
  });

  test('keeps signs apart while it grows, and extremes exactly', () => {
    const histogram = histogramOf([0.001], [-5, 80]);
    const half = histogram.bins.length / 2;
    expect(histogram.bins.subarray(0, half).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect([histogram.min, histogram.max]).toEqual([-5, 80]);
  });

  test('takes blocks of zeros', () => {
    const histogram = histogramOf([0, 0], [0]);
    expect([histogram.count, histogram.min, histogram.max]).toEqual([3, 0, 0]);
    expect(chooseRange(histogram, FREE, 'mse')).toEqual({ low: 0, high: 0 });
  });
});

describe('chooseRange', () => {
  const values = normal(50_000);
  const spiked = histogramOf(values, [400]);

  test('covers all, all but the rarest, or what errs least', () => {
    expect(chooseRange(spiked, FREE, 'max').high).toBe(400);
    expect(chooseRange(histogramOf(values, values, values, [400]), FREE, 'percentile').high).toBeLessThan(10);
    expect(chooseRange(histogramOf(values, values, values, values, [40]), FREE, 'mse').high).toBeLessThan(35);
    expect(chooseRange(histogramOf(values), FREE, 'mse').high).toBeGreaterThan(3);
  });

  test('has zero inside and gives no level to what is cut off anyway', () => {
    expect(chooseRange(histogramOf([2, 3]), FREE, 'max')).toEqual({ low: 0, high: 3 });
    for (const clipping of ['max', 'percentile', 'mse'] as const) {
      const { low, high } = chooseRange(histogramOf(values, [9]), { low: 0, high: 2 }, clipping);
      expect(low).toBe(0);
      expect(high).toBeLessThanOrEqual(2);
    }
  });
});
