// SPDX-License-Identifier: Apache-2.0
import type { RankMeasure, RankSummary, WeakMatchPoint } from '@earshot/models/evaluation';
import { SYSTEMS } from '../../../core/evaluate/humming/evaluate-humming.ts';
import { type DescribedHumming, withWeak } from './describe-humming.ts';

const round = (value: number): number => Number(value.toFixed(4));

const toMeasure = ({ value, low, high, byGroup }: RankMeasure): object => ({
  value: round(value),
  low: round(low),
  high: round(high),
  ...(byGroup ? { by_person: { low: round(byGroup.low), high: round(byGroup.high) } } : {}),
});

const toSummary = ({ queries, recall1, recall5, recall10, mrr }: RankSummary): object => ({
  queries,
  recall_1: toMeasure(recall1),
  recall_5: toMeasure(recall5),
  recall_10: toMeasure(recall10),
  mrr: toMeasure(mrr),
});

const toPoint = ({ threshold, presentFlagged, absentFlagged }: WeakMatchPoint): object => ({
  threshold: round(threshold),
  present: round(presentFlagged),
  absent: round(absentFlagged),
});

/** What `earshot evaluate humming --json` prints. */
export function hummingJson({ options, evaluation }: DescribedHumming): object {
  const { counts, results, withoutMelody, silentTargets, unreadable, space, fingerprint } = evaluation;
  return {
    space,
    fingerprint,
    hums: options.hums,
    targets: options.targets,
    seed: options.seed,
    counts: {
      hums: counts.hums,
      with_song: counts.withSong,
      absent_song: counts.hums - counts.withSong,
      labelled: counts.labelled,
      people: counts.people ?? null,
      targets: counts.targets,
      distractors: counts.distractors,
      pool: counts.pool,
      no_melody: { audio: withoutMelody.audio.length, labels: withoutMelody.labels.length },
      targets_without_melody: silentTargets.length,
      unreadable: unreadable.length,
    },
    results: results.flatMap(({ scope, pitch, systems }) =>
      SYSTEMS.map((system) => ({ from: scope, pitch, ranked_by: system, ...toSummary(systems[system]) })),
    ),
    weak_match: withWeak(evaluation).map(({ scope, weak }) => ({
      from: scope,
      present: weak.present,
      absent: weak.absent,
      taken_out: weak.takenOut,
      flagged: { present: round(weak.flagged.present), absent: round(weak.flagged.absent) },
      at_most_10_percent_false: toPoint(weak.sweep.chosen),
      sweep: weak.sweep.points.map(toPoint),
    })),
    missed: results.map(({ scope, pitch, missed }) => ({
      from: scope,
      pitch,
      hums: missed.map(({ key, rank, found }) => ({
        hum: key,
        rank: Number.isFinite(rank) ? rank : null,
        first: found ?? null,
      })),
    })),
    no_melody: withoutMelody,
    targets_without_melody: silentTargets,
    unreadable,
  };
}
