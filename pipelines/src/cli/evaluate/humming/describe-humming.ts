// SPDX-License-Identifier: Apache-2.0
import type { RankMeasure } from '@earshot/models/evaluation';
import {
  type HummingResult,
  SYSTEMS,
  type System,
  type WeakMatches,
} from '../../../core/evaluate/humming/evaluate-humming.ts';
import type { Scope } from '../../../core/evaluate/humming/song-pool.ts';
import type { TextTable } from '../draw-table.ts';
import type { HummingOptions } from './humming-options.ts';
import type { FinishedHumming } from './open-humming.ts';

export interface DescribedHumming {
  readonly options: HummingOptions;
  readonly evaluation: FinishedHumming;
}

export const SYSTEM_TITLES: Readonly<Record<System, string>> = {
  single: 'one vector',
  versions: 'query versions',
  reranked: 'reranked',
};
const SCOPE_TITLES: Readonly<Record<Scope, string>> = { start: 'the start', anywhere: 'anywhere' };
export const RANK_MEASURES = ['recall1', 'recall5', 'recall10', 'mrr'] as const;
const MOST_MISSED = 20;

const digits = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function measureCell({ value, low, high, byGroup }: RankMeasure): string {
  const people = byGroup ? `; ${digits(byGroup.low)}–${digits(byGroup.high)}` : '';
  return `${digits(value)} (${digits(low)}–${digits(high)}${people})`;
}

/** One row a way of asking and of ranking. */
export function ranksTable({ results }: FinishedHumming): TextTable {
  return {
    head: ['hums begin at', 'pitch', 'ranked by', 'R@1', 'R@5', 'R@10', 'MRR'],
    rows: results.flatMap(({ scope, pitch, systems }) =>
      SYSTEMS.map((system) => [
        SCOPE_TITLES[scope],
        pitch,
        SYSTEM_TITLES[system],
        ...RANK_MEASURES.map((name) => measureCell(systems[system][name])),
      ]),
    ),
  };
}

/** Results that say something about weak matches. */
export const withWeak = ({ results }: FinishedHumming): (HummingResult & { readonly weak: WeakMatches })[] =>
  results.flatMap((result) => (result.weak ? [{ ...result, weak: result.weak }] : []));

/** What the flag for weak matches says of hums whose song is there, and of others; undefined where there are none. */
export function weakTable(evaluation: FinishedHumming): TextTable | undefined {
  const rows = withWeak(evaluation).flatMap(({ scope, weak }) => {
    const { chosen } = weak.sweep;
    const found = `${weak.present} there, ${weak.absent} not`;
    return [
      [SCOPE_TITLES[scope], 'of the search', found, percent(weak.flagged.present), percent(weak.flagged.absent)],
      [
        SCOPE_TITLES[scope],
        `${digits(chosen.threshold)} (10 % false)`,
        found,
        percent(chosen.presentFlagged),
        percent(chosen.absentFlagged),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return { head: ['hums begin at', 'threshold', 'hums whose song is', 'flagged: there', 'flagged: not there'], rows };
}

/** Every fifth threshold. */
export function sweepTable({ sweep }: WeakMatches): TextTable {
  return {
    head: ['threshold', 'flagged: there', 'flagged: not there'],
    rows: sweep.points
      .filter((_, i) => i % 5 === 0)
      .map((point) => [digits(point.threshold), percent(point.presentFlagged), percent(point.absentFlagged)]),
  };
}

/** Hums that do not find their song first, by the last way of asking with audio. */
export function missedTable({ results }: FinishedHumming): TextTable | undefined {
  const result = results.findLast(({ pitch }) => pitch === 'audio');
  const rows = (result?.missed ?? [])
    .slice(0, MOST_MISSED)
    .map(({ key, rank, found }) => [key, Number.isFinite(rank) ? String(rank) : 'not found', found ?? 'no melody']);
  return rows.length > 0 ? { head: ['hum', 'its song is', 'first is'], rows } : undefined;
}

function leftOut({ withoutMelody, silentTargets, unreadable }: FinishedHumming): string[] {
  const say = (count: number, text: string): string[] => (count > 0 ? [text] : []);
  const { audio, labels } = withoutMelody;
  return [
    ...say(audio.length, `No melody is heard in ${plural(audio.length, 'hum')}: they count as not found.`),
    ...say(labels.length, `The labels of ${plural(labels.length, 'hum')} hold no melody: they count as not found.`),
    ...say(silentTargets.length, `${plural(silentTargets.length, 'target')} without a melody cannot be found.`),
    ...say(unreadable.length, `${plural(unreadable.length, 'file')} could not be read or embedded: left out.`),
  ];
}

/** What was measured, in sentences. */
export function describeHumming({ options, evaluation }: DescribedHumming): string[] {
  const { counts, space } = evaluation;
  const absent = counts.hums - counts.withSong;
  const generated =
    counts.distractors > 0
      ? ` and ${plural(counts.distractors, 'generated melody').replace('melodys', 'melodies')} (seed ${options.seed})`
      : '';
  const by = counts.people === undefined ? '' : ` of ${counts.people} people`;
  const people = counts.people === undefined ? '' : ', behind the semicolon of people (folders)';
  const takenOut = withWeak(evaluation)[0]?.weak.takenOut ?? 0;
  return [
    `${plural(counts.hums, 'hum')}${by} from ${options.hums} in ${space}; ${counts.withSong} have their song among the targets${absent > 0 ? `, ${absent} ask for one that is not there` : ''}.`,
    `Pool: ${plural(counts.pool, 'song')}, from ${plural(counts.targets, 'target')} in ${options.targets}${generated}. Exact cosine over all windows of all songs.`,
    ...(counts.labelled > 0
      ? [`${plural(counts.labelled, 'hum')} with labelled pitch (.pv) are asked with that as well.`]
      : []),
    `In brackets the 95 % bootstrap interval, 2,000 draws of hums${people}; seed ${options.seed}.`,
    ...(takenOut > 0
      ? [`Weak matches: ${plural(takenOut, 'hum')} asked once more with their own song taken out of the pool.`]
      : []),
    ...leftOut(evaluation),
  ];
}
