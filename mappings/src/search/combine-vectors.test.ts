// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { combineVectors } from './combine-vectors.ts';

test('one example is its own direction, at unit length', () => {
  expect([...combineVectors([Float32Array.of(3, 4)], [])]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
});

test('"unlike" examples push the query away from themselves', () => {
  const [x = 0, y = 0] = combineVectors([Float32Array.of(1, 0)], [Float32Array.of(0, 1)]);
  expect(x).toBeGreaterThan(0);
  expect(y).toBeLessThan(0);
  expect(Math.hypot(x, y)).toBeCloseTo(1, 6);
});

test('no positive example, or examples that cancel out, are refused', () => {
  expect(() => combineVectors([], [Float32Array.of(1)])).toThrow('at least one');
  expect(() => combineVectors([Float32Array.of(1, 0), Float32Array.of(-1, 0)], [])).toThrow('cancel');
});
