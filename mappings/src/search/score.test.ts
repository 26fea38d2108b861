// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawSimilarity, scoreOf } from './score.ts';

const unit = fc.double({ min: -1, max: 1, noNaN: true });
const distance = fc.double({ min: 0, max: 1000, noNaN: true });
const product = fc.double({ min: -1000, max: 1000, noNaN: true });

test.each([
  ['cosine', unit],
  ['dot_product', unit],
  ['l2_norm', distance],
  ['max_inner_product', product],
] as const)('inverting the score of a raw %s gives it back', (similarity, values) => {
  fc.assert(
    fc.property(values, (raw) => {
      const back = rawSimilarity(similarity, scoreOf(similarity, raw));
      expect(Math.abs(back - raw)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(raw)));
    }),
  );
});

test.each([
  ['cosine', 1, 1],
  ['cosine', 0.5, 0],
  ['dot_product', 0.75, 0.5],
  ['l2_norm', 0.5, 1],
  ['max_inner_product', 3, 2],
  ['max_inner_product', 0.5, -1],
] as const)('%s: the score %f means %f', (similarity, score, raw) => {
  expect(rawSimilarity(similarity, score)).toBeCloseTo(raw, 12);
});

test('a cosine never leaves −1…1 by rounding of the score', () => {
  expect(rawSimilarity('cosine', 1.0000001)).toBe(1);
  expect(rawSimilarity('cosine', -0.0000001)).toBe(-1);
});
