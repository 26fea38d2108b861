// SPDX-License-Identifier: Apache-2.0
import { indexLabels } from './label-index.ts';
import { createLabelJudge, type Judgement, type QueryScore } from './label-judge.ts';
import { createVectorBlock } from './vector-block.ts';

export interface LabelledVector {
  readonly label: string;
  /** Vectors of one group never answer each other: a fold, or a source recording. */
  readonly group: string;
  readonly vector: ArrayLike<number>;
}

function judgeAll(items: readonly LabelledVector[]): Judgement[] {
  const block = createVectorBlock(items.length, items[0]?.vector.length ?? 0);
  items.forEach(({ vector }, row) => {
    block.set(row, vector);
  });
  const judge = createLabelJudge(indexLabels(items.map(({ label, group }) => ({ labels: [label], group }))), block);
  return items.map((_, item) => judge(item));
}

/**
 * Leave-one-group-out retrieval by exact cosine: each vector asks all vectors of other groups.
 * @returns one score per vector, in the given order; average them with `meanScore`
 */
export const labelRetrieval = (items: readonly LabelledVector[]): QueryScore[] => judgeAll(items);

/** Rank (1 = nearest) of the first neighbour with the item's label; undefined where no other group has it. */
export const labelRanks = (items: readonly LabelledVector[]): (number | undefined)[] =>
  judgeAll(items).map(({ firstHit }) => firstHit);

/** Averages over queries: kNN accuracies, P@10 and mAP. */
export function meanScore(scores: readonly QueryScore[]): QueryScore {
  const mean = (of: (score: QueryScore) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / Math.max(1, scores.length);
  return {
    knn1: mean((score) => score.knn1),
    knn5: mean((score) => score.knn5),
    precision10: mean((score) => score.precision10),
    averagePrecision: mean((score) => score.averagePrecision),
  };
}
