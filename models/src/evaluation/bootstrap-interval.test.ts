// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { bootstrapInterval } from './bootstrap-interval.ts';

describe('bootstrapInterval', () => {
  test('comes close to the normal interval of a proportion', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 5 === 0 ? 0 : 1));
    const { low, high } = bootstrapInterval(values);
    expect(low).toBeCloseTo(0.8 - 1.96 * 0.02, 1);
    expect(high).toBeCloseTo(0.8 + 1.96 * 0.02, 1);
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.8);
  });

  test('is the same for the same seed and a point for constant values', () => {
    const values = [0.1, 0.5, 0.9, 0.3];
    expect(bootstrapInterval(values)).toEqual(bootstrapInterval(values));
    expect(bootstrapInterval([1, 1, 1])).toEqual({ low: 1, high: 1 });
  });

  test('draws the values of a group together: equal ones widen the interval', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    const groups = values.map((value, i) => Math.floor(i / 20) * 2 + value);
    const alone = bootstrapInterval(values);
    const together = bootstrapInterval(values, { groups });
    expect(together.high - together.low).toBeGreaterThan(2 * (alone.high - alone.low));
  });

  test('refuses an empty list', () => {
    expect(() => bootstrapInterval([])).toThrow('at least one value');
  });
});
