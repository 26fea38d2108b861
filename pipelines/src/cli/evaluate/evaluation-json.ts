// SPDX-License-Identifier: Apache-2.0
import type { ClassScore, Measure, MeasureName, NeighbourCount } from '@earshot/models/evaluation';
import type { Collection } from '../../core/evaluate/collection.ts';
import type { LabelEvaluation, SpaceEvaluation } from '../../core/evaluate/evaluate-labels.ts';
import type { EvaluateOptions } from './evaluate-options.ts';

/** A finished evaluation and what it was made of. */
export interface FinishedEvaluation {
  readonly options: EvaluateOptions;
  /** Undefined for a folder. */
  readonly library: string | undefined;
  readonly collection: Collection;
  readonly evaluation: LabelEvaluation;
}

/** Names of the measures in JSON, by our own. */
export const MEASURE_KEYS = {
  knn1: 'knn1',
  knn5: 'knn5',
  precision10: 'p10',
  averagePrecision: 'map',
} as const satisfies Readonly<Record<MeasureName, string>>;

/** Four digits: an evaluation has no more to say. */
const round = (value: number): number => Number(value.toFixed(4));

function renamed<T, U>(of: Readonly<Record<MeasureName, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(
    Object.entries(MEASURE_KEYS).map(([name, key]) => [key, map(of[name as MeasureName])]),
  ) as Record<string, U>;
}

const rounded = <T extends { readonly [key: string]: number }>(of: T): Record<string, number> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, round(value)]));

const toMeasure = (measure: Measure): Record<string, number> => rounded({ ...measure });

const toClass = ({ label, queries, ...scores }: ClassScore): object => ({ label, queries, ...renamed(scores, round) });

function toConfusion({ label, neighbour, count, share, example }: NeighbourCount, { recordings }: Collection): object {
  return {
    label,
    neighbour,
    count,
    share: round(share),
    example: {
      query: recordings[example.query]?.title ?? '',
      neighbour: recordings[example.neighbour]?.title ?? '',
      similarity: round(example.similarity),
    },
  };
}

function toSpace({ space, fingerprint, dims, summary, difference }: SpaceEvaluation, collection: Collection): object {
  return {
    space,
    fingerprint,
    dims,
    measures: renamed(summary.measures, toMeasure),
    ...(difference ? { difference: renamed(difference, (value) => rounded({ ...value })) } : {}),
    classes: summary.classes.map(toClass),
    confusions: summary.confusions.map((pair) => toConfusion(pair, collection)),
    precision_by_rank: summary.precisionByRank.map(round),
  };
}

/** What `earshot evaluate labels --json` prints. */
export function evaluationJson({ options, library, collection, evaluation }: FinishedEvaluation): object {
  const { dir, labelField, groupField, seed } = options;
  return {
    ...(dir === undefined ? { library } : { dir }),
    label_field: labelField,
    group_by: groupField ?? null,
    seed,
    counts: {
      found: collection.found,
      evaluated: collection.recordings.length,
      queries: evaluation.queries,
      unanswerable: evaluation.unanswerable,
      without_label: collection.withoutLabel,
      without_vector: collection.withoutVector,
      without_group: collection.withoutGroup ?? 0,
      unreadable: collection.unreadable.length,
      sampled_from: collection.sampledFrom ?? null,
      labels: evaluation.labels,
      groups: evaluation.groups,
    },
    resampled_by: evaluation.resampledBy,
    spaces: evaluation.spaces.map((space) => toSpace(space, collection)),
    unreadable: collection.unreadable,
  };
}
