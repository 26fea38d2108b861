// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { labelRanks, labelRetrieval, meanScore } from './label-retrieval.ts';

describe('labelRetrieval', () => {
  const item = (label: string, group: string, ...vector: number[]) => ({ label, group, vector });

  test('never lets a group answer itself', () => {
    const scores = labelRetrieval([item('a', '1', 1, 0), item('b', '1', 1, 0.01), item('b', '2', 1, 0.02)]);
    expect(scores.map(({ knn1 }) => knn1)).toEqual([0, 1, 1]);
  });

  test('compares directions, not lengths', () => {
    const scores = labelRetrieval([
      item('a', '1', 1, 0.1),
      item('a', '2', 100, 0),
      item('b', '3', 0, 1),
      item('b', '4', 0.2, 90),
    ]);
    expect(meanScore(scores).knn1).toBe(1);
  });

  test('takes vectors that point the opposite way', () => {
    const angles = Array.from({ length: 40 }, (_, i) => (2 * Math.PI * i) / 40);
    const circle = angles.map((angle, i) => item(i < 20 ? 'a' : 'b', String(i), Math.cos(angle), Math.sin(angle)));
    expect(meanScore(labelRetrieval(circle)).knn1).toBeGreaterThan(0.9);
  });

  test('takes zero vectors without giving NaN', () => {
    const mean = meanScore(labelRetrieval([item('a', '1', 0, 0), item('a', '2', 1, 0)]));
    expect(Number.isFinite(mean.averagePrecision)).toBe(true);
  });

  test('averages nothing to zero', () => {
    expect(meanScore([]).knn1).toBe(0);
    expect(meanScore(labelRetrieval([])).knn1).toBe(0);
  });
});

describe('labelRanks', () => {
  test('gives the rank of the first like, and nothing where there is none', () => {
    const items = [
      { label: 'a', group: '1', vector: [1, 0] },
      { label: 'b', group: '2', vector: [1, 0.1] },
      { label: 'a', group: '3', vector: [1, 0.5] },
    ];
    expect(labelRanks(items)).toEqual([2, undefined, 2]);
  });
});
