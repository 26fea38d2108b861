// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { cosineTransform } from './cosine-transform.ts';

test('the rows of the cosine transform are orthonormal, the first one constant', () => {
  const rows = cosineTransform(16, [...Array(16).keys()]);
  rows.forEach((row, i) => {
    rows.forEach((other, j) => {
      const product = row.reduce((sum, value, n) => sum + value * other[n]!, 0);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
    });
  });
  expect(new Set([...rows[0]!].map((value) => value.toFixed(12)))).toEqual(new Set(['0.250000000000']));
});
