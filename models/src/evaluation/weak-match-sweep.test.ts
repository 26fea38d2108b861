// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { sweepWeakMatches } from './weak-match-sweep.ts';

test('each threshold says which share of present and absent songs it flags; one is chosen at 10 % false flags', () => {
  const present = Array.from({ length: 20 }, (_, i) => 0.5 + i * 0.02);
  const absent = Array.from({ length: 10 }, (_, i) => 0.3 + i * 0.03);
  const { points, chosen } = sweepWeakMatches(present, absent);
  expect(points.at(0)).toEqual({ threshold: 0.3, presentFlagged: 0, absentFlagged: 0 });
  expect(points.at(-1)?.presentFlagged).toBe(0.95);
  expect(points.map(({ threshold }) => threshold)).toEqual(points.map(({ threshold }) => threshold).toSorted());
  // Two of twenty present queries lie below 0.54, and the eight or nine absent ones below it are flagged.
  expect(chosen).toEqual({ threshold: 0.54, presentFlagged: 0.1, absentFlagged: 0.8 });
});

test('equal confidences cannot be told apart', () => {
  expect(sweepWeakMatches([1, 1], [1])).toEqual({
    points: [{ threshold: 1, presentFlagged: 0, absentFlagged: 0 }],
    chosen: { threshold: 1, presentFlagged: 0, absentFlagged: 0 },
  });
});
