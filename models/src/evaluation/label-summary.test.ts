// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareScores } from './compare-scores.ts';
import { indexLabels, type LabelledItem } from './label-index.ts';
import { createLabelJudge, type Judgement } from './label-judge.ts';
import { summariseLabels } from './label-summary.ts';
import { createSeededDraw } from './seeded-draw.ts';
import { createVectorBlock } from './vector-block.ts';

function judgeAll(items: readonly LabelledItem[], vectorOf: (row: number) => number[]) {
  const block = createVectorBlock(items.length, vectorOf(0).length);
  items.forEach((_, row) => {
    block.set(row, vectorOf(row));
  });
  const index = indexLabels(items);
  const judge = createLabelJudge(index, block);
  return { index, judgements: items.map((_, item) => judge(item)) };
}

const items = (labels: readonly string[]): LabelledItem[] =>
  labels.map((label, row) => ({ labels: [label], group: String(row) }));

function randomVectors(seed: number, dims: number): () => number[] {
  const draw = createSeededDraw(seed);
  return () => Array.from({ length: dims }, () => draw(2001) - 1000);
}

describe('summariseLabels', () => {
  test('vectors that know nothing score as chance says', () => {
    const labels = Array.from({ length: 400 }, (_, i) => (i % 10 < 5 ? 'a' : i % 10 < 8 ? 'b' : 'c'));
    const { index, judgements } = judgeAll(items(labels), randomVectors(7, 8));
    const { measures } = summariseLabels(judgements, index);
    for (const { low, high, chance } of Object.values(measures)) {
      expect(chance).toBeGreaterThan(low - 0.02);
      expect(chance).toBeLessThan(high + 0.02);
    }
    // A label is the query's with its share of the gallery: Σ n·(n−1) over labels, by N·(N−1).
    expect(measures.knn1.chance).toBeCloseTo((200 * 199 + 120 * 119 + 80 * 79) / (400 * 399), 10);
  });

  test('chance of the average precision is that of nine against eight tracks in the reference', () => {
    const labels = [...Array<string>(10).fill('bella ciao'), ...Array<string>(8).fill('mozart')];
    const { index, judgements } = judgeAll(items(labels), randomVectors(1, 4));
    expect(summariseLabels(judgements, index).measures.averagePrecision.chance).toBeCloseTo(0.556, 2);
  });

  test('lists the classes and the most frequent wrong neighbours with the most similar pair', () => {
    const angles = [0, 0.1, 0.12, 0.13, 2, 2.1];
    const { index, judgements } = judgeAll(items([...'ababcc']), (row) => [
      Math.cos(angles[row] ?? 0),
      Math.sin(angles[row] ?? 0),
    ]);
    const { classes, confusions, neighbours, precisionByRank } = summariseLabels(judgements, index);
    expect(classes.map(({ label, queries, knn1 }) => [label, queries, knn1])).toEqual([
      ['a', 2, 0],
      ['b', 2, 0],
      ['c', 2, 1],
    ]);
    expect(confusions).toMatchObject([
      { label: 'a', neighbour: 'b', count: 2, share: 1, example: { query: 2, neighbour: 3 } },
      { label: 'b', neighbour: 'a', count: 2, share: 1, example: { query: 3, neighbour: 2 } },
    ]);
    expect(neighbours.find(({ label }) => label === 'c')).toMatchObject({ neighbour: 'c', count: 2 });
    expect(precisionByRank[0]).toBeCloseTo(1 / 3);
  });

  test('resamples by group where there are enough of them: copies of a recording count once', () => {
    const labels = Array.from({ length: 240 }, (_, i) => `l${i % 4}`);
    const vectorOf = (row: number) => [Math.cos(row % 4), Math.sin(row % 4), (row % 40) / 40, ((row * 7) % 11) / 30];
    const alone = judgeAll(items(labels), vectorOf);
    const copies = judgeAll(
      labels.map((label, row) => ({ labels: [label], group: String(row % 24) })),
      vectorOf,
    );
    const width = ({ index, judgements }: { index: ReturnType<typeof indexLabels>; judgements: Judgement[] }) => {
      const { low, high } = summariseLabels(judgements, index).measures.averagePrecision;
      return high - low;
    };
    expect(width(alone)).toBeGreaterThan(0);
    expect(width(copies)).toBeGreaterThan(0);
    expect(width(copies)).not.toBe(width(alone));
  });
});

describe('compareScores', () => {
  test('a space compared with itself differs by nothing, a better one by more than chance', () => {
    const labels = Array.from({ length: 120 }, (_, i) => `l${i % 6}`);
    const noise = judgeAll(items(labels), randomVectors(3, 6));
    const good = judgeAll(items(labels), (row) => [Math.cos(row % 6), Math.sin(row % 6)]);
    const same = compareScores(noise.judgements, noise.judgements, { index: noise.index });
    expect(same.averagePrecision).toEqual({ value: 0, low: 0, high: 0 });
    const better = compareScores(good.judgements, noise.judgements, { index: good.index });
    expect(better.knn1.low).toBeGreaterThan(0.5);
  });
});
