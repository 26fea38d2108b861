// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { RunDocument } from '../../adapters/elasticsearch-run-log.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { describeProgress, describeSeconds } from '../../core/sync/sync-progress.ts';
import type { LeaseDocument, LeaseHolder } from '../../ports/sync-lease.ts';

/** Unresolved failures of one kind. */
export interface FailureKind {
  readonly stage: string;
  readonly code: string;
  readonly count: number;
  /** Tried again by the next run. */
  readonly retryable: boolean;
}

export interface SpaceStatus {
  readonly space: string;
  readonly source_root: string | undefined;
  readonly lease: LeaseDocument | undefined;
  /** Newest first. */
  readonly runs: readonly RunDocument[];
  readonly failures: number;
  readonly failures_by: readonly FailureKind[];
}

export interface SourceStatus {
  readonly source: string;
  readonly library: string;
  readonly spaces: readonly SpaceStatus[];
}

const COLUMNS = ['listed', 'indexed', 'reused', 'unchanged', 'skipped', 'failed', 'deleted', 'pending'] as const;
const newTable = (head: readonly string[]) => new Table({ head: [...head], style: { head: [], border: [] } });
const describeAgo = (time: string): string => describeSeconds(Math.max(0, Date.now() - Date.parse(time)) / 1000);

function describeHolder(
  { shards }: LeaseDocument,
  { shard, owner, run_id: id }: LeaseHolder,
  runs: readonly RunDocument[],
): string {
  const part = shards === 1 ? 'a run' : `shard ${shard}/${shards}`;
  const run = runs.find((one) => one.run === id);
  const since = run ? `, since ${describeAgo(run.started_at)}` : '';
  const progress = run?.progress;
  const far = progress
    ? `: ${progress.done} of ${progress.listing ? 'at least ' : ''}${progress.planned} recordings, ${describeProgress(progress)}`
    : '';
  return `${part} is under way (${id} of ${owner}${since})${far}`;
}

function describeSpace({ source, library }: SourceStatus, { space, lease, runs, ...of }: SpaceStatus): string {
  const holders = lease?.state === 'held' ? lease.holders.map((one) => describeHolder(lease, one, runs)) : [];
  const state = holders.length > 0 ? holders.join('; ') : 'no run under way';
  return `${source} → ${library} ${space}: ${state}; source ${of.source_root ?? 'never synced'}`;
}

function runsTable({ spaces }: SourceStatus): string[] {
  const table = newTable(['space', 'shard', 'run', 'by', 'started', 'took', 'state', ...COLUMNS]);
  for (const { space, runs } of spaces)
    for (const { shard = 'all', run, trigger = '', started_at, duration_ms: took, state, counts = {} } of runs) {
      const time = took === undefined ? '' : describeSeconds(took / 1000);
      const cells = COLUMNS.map((name) => counts[name] ?? '');
      table.push([space, shard, run, trigger, started_at.slice(0, 19), time, state, ...cells]);
    }
  return table.length > 0 ? [table.toString()] : [];
}

function failuresTable({ spaces }: SourceStatus): string[] {
  const table = newTable(['space', 'unresolved', 'stage', 'code', 'next run']);
  for (const { space, failures_by } of spaces)
    for (const { count, stage, code, retryable } of failures_by)
      table.push([space, count, stage, code, retryable ? 'tries again' : 'leaves it']);
  return table.length > 0 ? [table.toString()] : [];
}

function stepsOf({ lease, runs, failures_by }: SpaceStatus): string[] {
  const [last] = runs;
  const isIdle = lease?.state !== 'held';
  const hasRefusal = last?.exit_code === EXIT.refused;
  return [
    ...(last ? [] : ['earshot sync plan, then earshot sync run: nothing was synced yet']),
    ...(last && last.state !== 'completed' && isIdle ? ['earshot sync run: the last run did not come to its end'] : []),
    ...(hasRefusal ? ['earshot sync plan: says why the last run deleted nothing'] : []),
    ...(failures_by.length > 0 ? ['earshot sync failures list: which recordings failed, and why'] : []),
    ...(failures_by.some(({ retryable }) => !retryable)
      ? ['earshot sync failures retry: when the cause is mended']
      : []),
  ];
}

/** What somebody may want to do now. */
export const nextSteps = ({ spaces }: SourceStatus): string[] => [...new Set(spaces.flatMap(stepsOf))];

/** Who runs and how far, what the last runs did, what failed, and what to do, for people. */
export function describeStatus(status: SourceStatus): string {
  return [
    ...status.spaces.map((space) => describeSpace(status, space)),
    ...runsTable(status),
    ...failuresTable(status),
    ...nextSteps(status).map((step) => `→ ${step}`),
  ].join('\n');
}
