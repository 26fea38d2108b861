// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { middleValue } from './middle-value.ts';
import { createWarpRow, warpDistance } from './warp-distance.ts';

/** The definition as a recursion over (query point, target point), without the band in place. */
function slowDistance(points: number[], weights: number[], target: number[], shift: number, anywhere: boolean): number {
  const cost = (i: number, j: number): number =>
    (weights[i] ?? 0) * Math.min(4, Math.abs((points[i] ?? 0) - (target[j] ?? 0) - shift));
  const table = new Map<string, number>();
  const best = (i: number, j: number): number => {
    if (i < 0) return j === -1 || (anywhere && Math.abs(j + 1) <= 10) ? 0 : Number.POSITIVE_INFINITY;
    if (j < 0 || j >= target.length || Math.abs(i - j) > 10) return Number.POSITIVE_INFINITY;
    const key = `${i},${j}`;
    const known = table.get(key);
    if (known !== undefined) return known;
    const steps = [best(i - 1, j - 1), best(i - 1, j) + 1.5, best(i - 1, j - 2) + 1.5];
    const value = cost(i, j) + Math.min(...steps);
    table.set(key, value);
    return value;
  };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.min(4, Math.min(...target.map((_, j) => best(points.length - 1, j))) / total);
}

const melody = fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 24, maxLength: 24 });
const weight = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 });

test('warping agrees with its definition', () => {
  const row = createWarpRow();
  fc.assert(
    fc.property(
      melody,
      weight,
      melody,
      fc.constantFrom(-0.5, 0, 0.5),
      fc.boolean(),
      (points, weights, target, shift, anywhere) => {
        const query = {
          points: Float32Array.from(points),
          weights: Float32Array.from(weights),
          totalWeight: weights.reduce((sum, one) => sum + one, 0),
        };
        const found = warpDistance(query, Float32Array.from(target), { shift, row, beginsAnywhere: anywhere });
        expect(found).toBeCloseTo(slowDistance(points, weights, target, shift, anywhere), 4);
      },
    ),
    { numRuns: 50 },
  );
});

test('the middle value is the lower median', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
      const sorted = Float32Array.from(values).sort();
      expect(middleValue(Float32Array.from(values))).toBe(sorted[(values.length - 1) >> 1]);
    }),
  );
});
