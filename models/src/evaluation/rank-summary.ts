// SPDX-License-Identifier: Apache-2.0
import { bootstrapInterval, type Interval } from './bootstrap-interval.ts';

/** A mean over queries with its 95 % bootstrap interval, and that of drawing whole groups of queries. */
export interface RankMeasure extends Interval {
  readonly value: number;
  /** By group (a person's hums are alike); undefined with fewer than two groups. */
  readonly byGroup: Interval | undefined;
}

/** How high the one right answer stands. */
export interface RankSummary {
  readonly queries: number;
  readonly recall1: RankMeasure;
  readonly recall5: RankMeasure;
  readonly recall10: RankMeasure;
  /** Mean reciprocal rank. */
  readonly mrr: RankMeasure;
}

interface Options {
  readonly seed: number;
  /** Group of each query, in their order. */
  readonly groups?: readonly string[] | undefined;
}

/**
 * @param ranks of the right answer, 1 for the first place; Infinity where it was not found or nothing was heard. At least
 * one.
 */
export function summariseRanks(ranks: readonly number[], { seed, groups }: Options): RankSummary {
  const names = [...new Set(groups)];
  const numbers = groups?.map((group) => names.indexOf(group));
  const measure = (scores: readonly number[]): RankMeasure => ({
    value: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    ...bootstrapInterval(scores, { seed }),
    byGroup: names.length > 1 ? bootstrapInterval(scores, { seed, groups: numbers }) : undefined,
  });
  const within = (limit: number): RankMeasure => measure(ranks.map((rank) => (rank <= limit ? 1 : 0)));
  return {
    queries: ranks.length,
    recall1: within(1),
    recall5: within(5),
    recall10: within(10),
    mrr: measure(ranks.map((rank) => 1 / rank)),
  };
}
