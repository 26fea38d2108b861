// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { summariseRanks } from './rank-summary.ts';

test('recall at 1, 5 and 10 and the mean reciprocal rank; what was not found counts as nothing', () => {
  const { queries, recall1, recall5, recall10, mrr } = summariseRanks([1, 1, 4, 10, 20, Number.POSITIVE_INFINITY], {
    seed: 1,
  });
  expect(queries).toBe(6);
  expect(recall1.value).toBeCloseTo(2 / 6);
  expect(recall5.value).toBeCloseTo(3 / 6);
  expect(recall10.value).toBeCloseTo(4 / 6);
  expect(mrr.value).toBeCloseTo((1 + 1 + 0.25 + 0.1 + 0.05) / 6);
  expect(recall1.low).toBeLessThan(recall1.value);
  expect(recall1.high).toBeGreaterThan(recall1.value);
  expect(recall1.byGroup).toBeUndefined();
});

test('queries of one person are drawn together, so the interval by person is wider when people differ', () => {
  const ranks = Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 2));
  const groups = ranks.map((_, i) => `person ${Math.floor(i / 10)}`);
  const { recall1 } = summariseRanks(ranks, { seed: 3, groups });
  const { low, high, byGroup } = recall1;
  expect((byGroup?.high ?? 0) - (byGroup?.low ?? 0)).toBeGreaterThan(high - low);
  expect(summariseRanks(ranks, { seed: 3, groups })).toEqual(summariseRanks(ranks, { seed: 3, groups }));
  expect(summariseRanks(ranks, { seed: 3, groups: ranks.map(() => 'one') }).recall1.byGroup).toBeUndefined();
});
