// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { exponential, gainOfDecibels, logarithm2, power, powerOfTwo, sineOfTurns } from './exact-math.ts';

describe('exact-math', () => {
  it('agrees with the standard library over wide ranges', () => {
    for (let i = -2000; i <= 2000; i++) {
      const x = i * 0.0137;
      expect(Math.abs(sineOfTurns(x) - Math.sin(2 * Math.PI * x))).toBeLessThan(1e-10);
      expect(powerOfTwo(x) / 2 ** x).toBeCloseTo(1, 12);
      expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 11);
      const positive = 2 ** x;
      expect(Math.abs(logarithm2(positive) - x)).toBeLessThan(1e-11);
    }
    expect(power(10, -3)).toBeCloseTo(0.001, 14);
    expect(gainOfDecibels(20)).toBeCloseTo(10, 10);
    expect(powerOfTwo(-1e6)).toBe(0);
  });
});
