// SPDX-License-Identifier: Apache-2.0
import type { Difference, Measure, MeasureName } from '@earshot/models/evaluation';
import { MEASURES } from '@earshot/models/evaluation';
import type { TextTable } from './draw-table.ts';
import type { FinishedEvaluation } from './evaluation-json.ts';

export const MEASURE_TITLES: Readonly<Record<MeasureName, string>> = {
  knn1: 'kNN-1',
  knn5: 'kNN-5',
  precision10: 'P@10',
  averagePrecision: 'mAP',
};
export const MOST_CONFUSIONS = 15;

const digits = (value: number): string => value.toFixed(3);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
const measureCell = ({ value, low, high }: Measure): string => `${digits(value)} (${digits(low)}–${digits(high)})`;
const differenceCell = ({ value, low, high }: Difference): string =>
  `${signed(value)} (${signed(low)} … ${signed(high)})${low > 0 || high < 0 ? ' *' : ''}`;

const titles = MEASURES.map((name) => MEASURE_TITLES[name]);

/** One row a space, and what a random ranking would score. */
export function measuresTable({ evaluation }: FinishedEvaluation): TextTable {
  const chance = evaluation.spaces[0]?.summary.measures;
  const rows = evaluation.spaces.map(({ space, summary }) => [
    space,
    ...MEASURES.map((name) => measureCell(summary.measures[name])),
  ]);
  const byChance = chance ? [['by chance', ...MEASURES.map((name) => digits(chance[name].chance))]] : [];
  return { head: ['space', ...titles], rows: [...rows, ...byChance] };
}

/** Differences to the first space; undefined with one space. */
export function differencesTable({ evaluation }: FinishedEvaluation): TextTable | undefined {
  const [first, ...others] = evaluation.spaces;
  if (!first || others.length === 0) return undefined;
  const rows = others.map(({ space, difference }) => [
    `${space} − ${first.space}`,
    ...MEASURES.map((name) => (difference ? differenceCell(difference[name]) : '')),
  ]);
  return { head: ['difference', ...titles], rows };
}

/** Each label with the measures of each space. */
export function classesTable({ evaluation }: FinishedEvaluation): TextTable {
  const { spaces } = evaluation;
  const of = (space: string, title: string): string => (spaces.length > 1 ? `${title} ${space}` : title);
  const rows = (spaces[0]?.summary.classes ?? []).map(({ label, queries }, i) => [
    label,
    String(queries),
    ...spaces.flatMap(({ summary }) => {
      const scores = summary.classes[i];
      return scores ? [digits(scores.knn1), digits(scores.averagePrecision)] : ['', ''];
    }),
  ]);
  return {
    head: ['label', 'queries', ...spaces.flatMap(({ space }) => [of(space, 'kNN-1'), of(space, 'mAP')])],
    rows,
  };
}

/** The most frequent wrong neighbours of one space. */
export function confusionsTable({ collection, evaluation }: FinishedEvaluation, space: string): TextTable {
  const found = evaluation.spaces.find((one) => one.space === space);
  const rows = (found?.summary.confusions ?? [])
    .slice(0, MOST_CONFUSIONS)
    .map((pair) => [
      pair.label,
      pair.neighbour,
      String(pair.count),
      `${Math.round(pair.share * 100)} %`,
      collection.recordings[pair.example.query]?.title ?? '',
      collection.recordings[pair.example.neighbour]?.title ?? '',
      digits(pair.example.similarity),
    ]);
  return { head: ['label', 'nearest is', 'times', 'of its queries', 'for example', 'finds', 'similarity'], rows };
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function leftOut({ collection, evaluation, options }: FinishedEvaluation): string[] {
  const { withoutLabel, withoutVector, withoutGroup = 0, sampledFrom, unreadable } = collection;
  return [
    ...(sampledFrom === undefined
      ? []
      : [`Drawn at random with seed ${options.seed} from ${sampledFrom} labelled recordings (--sample, --seed).`]),
    ...(withoutLabel > 0 ? [`${plural(withoutLabel, 'recording')} without ${options.labelField} left out.`] : []),
    ...(withoutVector > 0
      ? [`${plural(withoutVector, 'recording')} without a vector (silent, or not in every space) left out.`]
      : []),
    ...(withoutGroup > 0
      ? [`${plural(withoutGroup, 'recording')} without ${options.groupField}: each stands for itself.`]
      : []),
    ...(evaluation.unanswerable > 0
      ? [`${plural(evaluation.unanswerable, 'recording')} with labels that no other group has: found, but not asked.`]
      : []),
    ...(unreadable.length > 0 ? [`${plural(unreadable.length, 'recording')} could not be read or embedded.`] : []),
  ];
}

/** What was measured, in sentences. */
export function describeSetting(finished: FinishedEvaluation): string[] {
  const { options, library, evaluation } = finished;
  const { labelField, groupField, dir, seed } = options;
  const where = dir === undefined ? `library ${library}` : `folder ${dir}`;
  const rule = groupField
    ? `each asks all of other groups (${groupField}, ${plural(evaluation.groups, 'group')})`
    : 'each asks all others';
  const drawn = evaluation.resampledBy === 'group' ? 'groups' : 'recordings';
  const few = groupField && evaluation.resampledBy === 'recording' ? ', since the groups are too few' : '';
  return [
    `${plural(evaluation.queries, 'recording')} of ${plural(evaluation.labels, 'label')} (${labelField}) in ${where}; ${rule}, by exact cosine.`,
    `In brackets the 95 % bootstrap interval (2,000 draws of ${drawn}${few}; seed ${seed}).`,
    ...leftOut(finished),
  ];
}
