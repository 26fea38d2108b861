// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { indexLabels } from './label-index.ts';
import { createLabelJudge, type Judgement } from './label-judge.ts';
import { createVectorBlock } from './vector-block.ts';

/** The first item asks; the others lie at growing angles from it, in the order given. */
function judgeFirst(labels: readonly (readonly string[])[], groups?: readonly string[]): Judgement {
  const block = createVectorBlock(labels.length, 2);
  labels.forEach((_, row) => {
    block.set(row, [Math.cos(row * 0.1), Math.sin(row * 0.1)]);
  });
  const items = labels.map((own, row) => ({ labels: own, group: groups?.[row] ?? String(row) }));
  return createLabelJudge(indexLabels(items), block)(0);
}
const single = (text: string): string[][] => [...text].map((label) => [label]);

describe('createLabelJudge', () => {
  test('computes accuracy, vote, precision and average precision of a worked example', () => {
    const judged = judgeFirst(single('rrdrddr'));
    expect(judged).toMatchObject({ knn1: 1, knn5: 0, gallery: 6, relevant: 3, firstHit: 1 });
    expect(judged.precision10).toBeCloseTo(0.5);
    expect(judged.averagePrecision).toBeCloseTo((1 + 2 / 3 + 3 / 6) / 3);
    expect(judged.hits).toEqual([true, false, true, false, false, true]);
  });

  test('lets the nearer neighbours decide a tied vote', () => {
    expect(judgeFirst(single('rrddrb')).knn5).toBe(1);
    expect(judgeFirst(single('drddrb')).knn5).toBe(0);
  });

  test('scores a label that the gallery lacks with zero', () => {
    expect(judgeFirst(single('wrd'))).toMatchObject({
      knn1: 0,
      knn5: 0,
      precision10: 0,
      averagePrecision: 0,
      relevant: 0,
    });
    expect(judgeFirst(single('w'))).toMatchObject({ knn1: 0, averagePrecision: 0, gallery: 0, nearest: undefined });
  });

  test('counts precision over what there is when the gallery is smaller than ten', () => {
    expect(judgeFirst(single('rrr')).precision10).toBe(1);
  });

  test('a neighbour with several labels is right when it shares one, and votes for each', () => {
    expect(judgeFirst([['folk', 'live'], ['jazz', 'live'], ['jazz']])).toMatchObject({ knn1: 1, knn5: 0, relevant: 1 });
    expect(judgeFirst([['folk', 'live'], ['jazz', 'live'], ['live']]).knn5).toBe(1);
  });

  test('names the nearest neighbour and its cosine, groups left out', () => {
    const { nearest } = judgeFirst(single('abab'), ['x', 'x', 'y', 'z']);
    expect(nearest?.item).toBe(2);
    expect(nearest?.similarity).toBeCloseTo(Math.cos(0.2), 6);
  });

  test('equal vectors are ranked in the order they came in', () => {
    const block = createVectorBlock(5, 3);
    for (let row = 0; row < 5; row++) block.set(row, [1, 2, 3]);
    const items = [...'abcda'].map((label, row) => ({ labels: [label], group: String(row) }));
    expect(createLabelJudge(indexLabels(items), block)(0)).toMatchObject({ nearest: { item: 1 }, firstHit: 4 });
  });
});

test('a vector of another length is refused', () => {
  expect(() => createVectorBlock(1, 3).set(0, [1, 2])).toThrow('a vector of 2 numbers among those of 3');
});
