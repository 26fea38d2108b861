// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('gives the same numbers for the same labels and others for other labels', () => {
    const draw = (...labels: (string | number)[]): number[] => {
      const random = createRandom(...labels);
      return [random.next(), random.next(), random.next()];
    };
    expect(draw(1, 'rain', 0)).toEqual(draw(1, 'rain', 0));
    expect(draw(1, 'rain', 0)).not.toEqual(draw(1, 'rain', 1));
    expect(draw(1, 'rain', 0)).not.toEqual(draw(2, 'rain', 0));
    expect(draw('a', 'bc')).not.toEqual(draw('ab', 'c'));
  });

  it('is uniform, and normal and waiting have the moments they promise', () => {
    const random = createRandom('moments');
    const n = 40_000;
    const mean = (draw: () => number): number => Array.from({ length: n }, draw).reduce((a, b) => a + b, 0) / n;
    expect(mean(random.next)).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.waiting(3))).toBeCloseTo(3, 0);
    expect(mean(() => random.integer(1, 4))).toBeCloseTo(2.5, 1);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});
