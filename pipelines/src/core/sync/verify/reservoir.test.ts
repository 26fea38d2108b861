// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Reservoir } from './reservoir.ts';

function draw(seed: number, size: number, of: number): number[] {
  const reservoir = new Reservoir<number>(size, seed);
  for (let i = 0; i < of; i++) reservoir.offer(i);
  return reservoir.sample;
}

test('a sample is as large as asked for, or everything there is; the same seed draws the same', () => {
  expect(draw(1, 5, 3)).toEqual([0, 1, 2]);
  expect(draw(1, 0, 3)).toEqual([]);
  expect(new Set(draw(1, 50, 1000)).size).toBe(50);
  expect(draw(7, 5, 1000)).toEqual(draw(7, 5, 1000));
  expect(draw(7, 5, 1000)).not.toEqual(draw(8, 5, 1000));
});

test('every value has the same chance', () => {
  const times = Array<number>(20).fill(0);
  for (let seed = 0; seed < 4000; seed++) for (const value of draw(seed, 5, 20)) times[value]!++;
  // 1000 expected each; five standard deviations of the binomial distribution are 137.
  for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(137);
});
