// SPDX-License-Identifier: Apache-2.0

export interface LabelledVector {
  readonly label: string;
  /** Vectors of one group never answer each other: a fold, or a source recording. */
  readonly group: string;
  readonly vector: ArrayLike<number>;
}

/** Quality of one query's ranked gallery; every measure is 0…1. */
export interface QueryScore {
  /** 1 when the nearest neighbour has the query's label. */
  readonly knn1: number;
  /** 1 when the five nearest vote for the query's label. */
  readonly knn5: number;
  /** Share of the first ten with the query's label. */
  readonly precision10: number;
  /** Average precision over the whole ranked gallery. */
  readonly averagePrecision: number;
}

/** Weight of the neighbour at `rank` (0-based) in a vote: nearly equal, nearer ones decide ties. */
const voteWeight = (rank: number): number => 1 / (1 + 0.001 * rank);

function toUnit({ vector }: LabelledVector): Float64Array {
  const values = Float64Array.from(vector);
  const norm = Math.hypot(...values);
  return norm > 0 ? values.map((value) => value / norm) : values;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Label with the largest sum of weights among the first `k`; ties go to the label that came first. */
function vote(labels: readonly string[], k: number): string | undefined {
  const weights = new Map<string, number>();
  labels.slice(0, k).forEach((label, rank) => {
    weights.set(label, (weights.get(label) ?? 0) + voteWeight(rank));
  });
  return [...weights].reduce<readonly [string, number] | undefined>(
    (best, entry) => (best === undefined || entry[1] > best[1] ? entry : best),
    undefined,
  )?.[0];
}

/** Mean of the precisions at the ranks where the label occurs; 0 when it never does. */
function averagePrecision(isRelevant: readonly boolean[]): number {
  let found = 0;
  let sum = 0;
  isRelevant.forEach((relevant, rank) => {
    if (relevant) sum += ++found / (rank + 1);
  });
  return found === 0 ? 0 : sum / found;
}

/** Scores one query against labels ranked by similarity, nearest first. */
export function scoreRanking(label: string, ranked: readonly string[]): QueryScore {
  const isRelevant = ranked.map((candidate) => candidate === label);
  const first = isRelevant.slice(0, 10);
  return {
    knn1: isRelevant[0] ? 1 : 0,
    knn5: vote(ranked, 5) === label ? 1 : 0,
    precision10: first.filter(Boolean).length / Math.max(1, first.length),
    averagePrecision: averagePrecision(isRelevant),
  };
}

/** For every item the labels of all items of other groups, nearest first (exact cosine). */
function rankedLabels(items: readonly LabelledVector[]): string[][] {
  const units = items.map(toUnit);
  return items.map((query, q) => {
    const similarityTo = (i: number): number => dot(units[q] as Float64Array, units[i] as Float64Array);
    return items
      .map(({ label, group }, i) => ({ label, group, similarity: similarityTo(i) }))
      .filter(({ group }) => group !== query.group)
      .sort((a, b) => b.similarity - a.similarity)
      .map(({ label }) => label);
  });
}

/**
 * Leave-one-group-out retrieval by exact cosine: each vector asks all vectors of other groups.
 * @returns one score per vector, in the given order; average them with `meanScore`
 */
export function labelRetrieval(items: readonly LabelledVector[]): QueryScore[] {
  const rankings = rankedLabels(items);
  return items.map(({ label }, i) => scoreRanking(label, rankings[i] ?? []));
}

/** Rank (1 = nearest) of the first neighbour with the item's label; undefined where no other group has it. */
export function labelRanks(items: readonly LabelledVector[]): (number | undefined)[] {
  return rankedLabels(items).map((labels, i) => labels.indexOf(items[i]?.label ?? '') + 1 || undefined);
}

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
