// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

test('percentiles are values that occurred', () => {
  const values = [40, 10, 30, 20];
  expect(percentile(values, 50)).toBe(20);
  expect(percentile(values, 95)).toBe(40);
  expect(percentile(values, 0)).toBe(10);
  expect(median([3])).toBe(3);
  expect(percentile([], 50)).toBeNaN();
});
