// SPDX-License-Identifier: Apache-2.0
import { describeVerdict } from './delete-guard.ts';
import type { SyncResult } from './run-sync.ts';
import { describeShard } from './shard.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';
import type { Counts, FailureLine, Tally } from './tally.ts';

/** The last line of `earshot sync run --json`; one more of the same shape for each space when there are several. */
export interface SyncSummary {
  readonly event: 'run_finished' | 'space_finished';
  readonly run: string;
  readonly library: string;
  readonly space: string;
  readonly source: string;
  /** `2/8`, when the run had one part of the source. */
  readonly shard?: string;
  readonly complete: boolean;
  readonly counts: Counts;
  /** Listed by an interrupted run but not settled; outside `listed`. */
  readonly pending: number;
  readonly skipped_by: Readonly<Record<string, number>>;
  readonly audio_seconds: number;
  /** Of these, what the service had to embed; the rest was reused. */
  readonly embedded_seconds: number;
  readonly bytes: number;
  readonly duration_ms: number;
  readonly failures: readonly FailureLine[];
  readonly deletes?: string;
  readonly exit_code: number;
}

const MOST_FAILURES = 100;
const ZERO: Counts = { listed: 0, indexed: 0, reused: 0, unchanged: 0, skipped: 0, failed: 0, deleted: 0 };

function addCounts(a: Counts, b: Counts): Counts {
  const names = Object.keys(ZERO) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as Counts;
}

function addReasons(
  tallies: readonly { readonly skippedBy: Readonly<Record<string, number>> }[],
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { skippedBy } of tallies)
    for (const [reason, count] of Object.entries(skippedBy)) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

const milli = (seconds: number): number => Math.round(seconds * 1000) / 1000;
const total = (tallies: readonly Tally[], pick: (tally: Tally) => number): number =>
  tallies.reduce((sum, tally) => sum + pick(tally), 0);

interface Ended {
  readonly run: SyncRun;
  readonly result: SyncResult;
  readonly durationMs: number;
}

function summarise({ run, result, durationMs }: Ended, targets: readonly SyncTarget[]): Omit<SyncSummary, 'event'> {
  const tallies = targets.map(({ tally }) => tally);
  return {
    run: run.id,
    library: run.library,
    space: targets.map(({ index }) => index.space).join(','),
    source: run.store.id,
    ...(run.shard ? { shard: describeShard(run.shard) } : {}),
    complete: result.end.complete && !result.isInterrupted,
    counts: tallies.map((tally) => tally.counts()).reduce(addCounts, ZERO),
    pending: total(tallies, ({ pending }) => pending),
    skipped_by: addReasons(tallies),
    audio_seconds: milli(total(tallies, ({ audioSeconds }) => audioSeconds)),
    embedded_seconds: milli(total(tallies, ({ embeddedSeconds }) => embeddedSeconds)),
    bytes: total(tallies, ({ doneBytes }) => doneBytes),
    duration_ms: Math.round(durationMs),
    failures: tallies.flatMap(({ failures }) => failures).slice(0, MOST_FAILURES),
    exit_code: result.exitCode,
  };
}

/** Sums over all spaces. */
export const summariseRun = (ended: Ended): SyncSummary => ({
  event: 'run_finished',
  ...summarise(ended, ended.run.targets),
});

/** One summary a space. */
export function summariseSpaces(ended: Ended): SyncSummary[] {
  return ended.run.targets.map((target, i) => {
    const verdict = ended.result.deletes[i];
    const deletes = verdict && describeVerdict(verdict);
    return { event: 'space_finished', ...summarise(ended, [target]), ...(deletes ? { deletes } : {}) };
  });
}

/** How one source ended; without a run when it could not be begun. */
export interface SourceEnd {
  readonly source: string;
  readonly exit_code: number;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
}

const unique = (names: readonly string[]): string => [...new Set(names.flatMap((name) => name.split(',')))].join(',');

const sum = (summaries: readonly SyncSummary[], pick: (summary: SyncSummary) => number): number =>
  summaries.reduce((all, summary) => all + pick(summary), 0);

/** Sums over several sources, each of which has had its own `run_finished`. */
export function summariseSources(
  summaries: readonly SyncSummary[],
  { ends, exitCode }: { readonly ends: readonly SourceEnd[]; readonly exitCode: number },
): SyncSummary & { readonly sources: readonly SourceEnd[] } {
  return {
    event: 'run_finished',
    run: unique(summaries.map(({ run }) => run)),
    library: unique(summaries.map(({ library }) => library)),
    space: unique(summaries.map(({ space }) => space)),
    source: ends.map(({ source }) => source).join(','),
    complete: summaries.length === ends.length && summaries.every(({ complete }) => complete),
    counts: summaries.map(({ counts }) => counts).reduce(addCounts, ZERO),
    pending: sum(summaries, ({ pending }) => pending),
    skipped_by: addReasons(summaries.map(({ skipped_by: skippedBy }) => ({ skippedBy }))),
    audio_seconds: milli(sum(summaries, ({ audio_seconds }) => audio_seconds)),
    embedded_seconds: milli(sum(summaries, ({ embedded_seconds }) => embedded_seconds)),
    bytes: sum(summaries, ({ bytes }) => bytes),
    duration_ms: sum(summaries, ({ duration_ms }) => duration_ms),
    failures: summaries.flatMap(({ failures }) => failures).slice(0, MOST_FAILURES),
    exit_code: exitCode,
    sources: ends,
  };
}
