// SPDX-License-Identifier: Apache-2.0
import { bootstrapInterval, type Interval } from './bootstrap-interval.ts';
import { chanceLevel } from './chance-level.ts';
import { countNeighbours, type NeighbourCount, wrongNeighbours } from './confusions.ts';
import type { LabelIndex } from './label-index.ts';
import type { Judgement, QueryScore } from './label-judge.ts';
import { meanScore } from './label-retrieval.ts';

export type MeasureName = keyof QueryScore;
export const MEASURES = ['knn1', 'knn5', 'precision10', 'averagePrecision'] as const satisfies readonly MeasureName[];

/** A mean over queries with its 95 % bootstrap interval and what a random ranking would score. */
export interface Measure extends Interval {
  readonly value: number;
  readonly chance: number;
}

/** Means over the queries that have one label. */
export interface ClassScore extends QueryScore {
  readonly label: string;
  readonly queries: number;
}

/** How well the neighbours of a space share labels. */
export interface LabelSummary {
  readonly measures: Readonly<Record<MeasureName, Measure>>;
  /** By label. */
  readonly classes: readonly ClassScore[];
  /** Pairs of different labels, the most frequent first. */
  readonly confusions: readonly NeighbourCount[];
  /** Nearest neighbours by label, right ones too. */
  readonly neighbours: readonly NeighbourCount[];
  /** P@1, P@2, …: share of the first so many neighbours that share a label. */
  readonly precisionByRank: readonly number[];
}

/** Fewer groups than this say little about others: then recordings are drawn one by one. */
const FEWEST_GROUPS = 20;

/** Group numbers to resample by, or undefined where recordings are resampled one by one. */
export function resamplingGroups(judgements: readonly Judgement[], { groups }: LabelIndex): Int32Array | undefined {
  const own = Int32Array.from(judgements, ({ item }) => groups[item] as number);
  const count = new Set(own).size;
  return count >= FEWEST_GROUPS && count < own.length ? own : undefined;
}

function classScores(judgements: readonly Judgement[], { labels, labelsOf }: LabelIndex): ClassScore[] {
  const byLabel = labels.map((): Judgement[] => []);
  for (const judgement of judgements)
    for (const label of labelsOf[judgement.item] ?? []) byLabel[label]?.push(judgement);
  return labels.flatMap((label, i) => {
    const own = byLabel[i] ?? [];
    return own.length > 0 ? [{ label, queries: own.length, ...meanScore(own) }] : [];
  });
}

function precisionByRank(judgements: readonly Judgement[]): number[] {
  const ranks = Math.max(0, ...judgements.map(({ hits }) => hits.length));
  return Array.from({ length: ranks }, (_, i) => {
    const shares = judgements.map(({ hits }) => {
      const first = hits.slice(0, i + 1);
      return first.filter(Boolean).length / Math.max(1, first.length);
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
}

/** @param judgements of every query that has an answer; at least one */
export function summariseLabels(judgements: readonly Judgement[], index: LabelIndex, seed = 1): LabelSummary {
  const mean = meanScore(judgements);
  const chance = chanceLevel(judgements, index, seed);
  const groups = resamplingGroups(judgements, index);
  const measureOf = (name: MeasureName): Measure => ({
    value: mean[name],
    ...bootstrapInterval(
      judgements.map((judgement) => judgement[name]),
      { seed, groups },
    ),
    chance: chance[name],
  });
  const neighbours = countNeighbours(judgements, index);
  return {
    measures: {
      knn1: measureOf('knn1'),
      knn5: measureOf('knn5'),
      precision10: measureOf('precision10'),
      averagePrecision: measureOf('averagePrecision'),
    },
    classes: classScores(judgements, index),
    confusions: wrongNeighbours(neighbours),
    neighbours,
    precisionByRank: precisionByRank(judgements),
  };
}
