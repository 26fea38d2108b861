// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import { putRun, type RunDocument, type RunState } from '../../adapters/elasticsearch-run-log.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { runSync, type SyncResult } from '../../core/sync/run-sync.ts';
import { type SyncSummary, summariseRun, summariseSpaces } from '../../core/sync/summary.ts';
import type { SyncRun, SyncTarget } from '../../core/sync/sync-run.ts';
import type { CommandContext } from '../command-context.ts';
import { describeSummary } from './describe-summary.ts';

/** Sorts by time: `20261121t093000z-1a2b3c`. */
export function newRunId(now = new Date()): string {
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .toLowerCase();
  return `${time}-${randomBytes(3).toString('hex')}`;
}

interface Base {
  readonly run: SyncRun;
  readonly target: SyncTarget;
  readonly startedAt: string;
  readonly state: RunState;
}

const runDocument = ({ run, target, startedAt, state }: Base): RunDocument => ({
  '@timestamp': new Date().toISOString(),
  run: run.id,
  run_seq: target.runSeq,
  library: run.library,
  source: run.store.id,
  space: { id: target.index.space, fingerprint: target.index.fingerprint },
  state,
  started_at: startedAt,
});

const endedDocument = (base: Base, summary: SyncSummary): RunDocument => ({
  ...runDocument(base),
  ended_at: new Date().toISOString(),
  complete: summary.complete,
  counts: { ...summary.counts, pending: summary.pending },
  audio_seconds: summary.audio_seconds,
  bytes: summary.bytes,
  duration_ms: summary.duration_ms,
  exit_code: summary.exit_code,
});

/** Runs, keeps the run documents, and prints the summary. Gives the exit code. */
export async function executeRun(context: CommandContext, client: Client, run: SyncRun): Promise<number> {
  const { reporter } = context;
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const base = (target: SyncTarget, state: RunState): Base => ({ run, target, startedAt, state });
  reporter.event({
    event: 'run_started',
    run: run.id,
    library: run.library,
    space: run.targets.map(({ index }) => index.space).join(','),
    source: run.store.id,
  });
  for (const target of run.targets) await putRun(client, runDocument(base(target, 'running')));
  let result: SyncResult;
  try {
    result = await runSync(run);
  } catch (error) {
    // The cluster may be what failed: the successor then marks the run interrupted.
    for (const target of run.targets) await putRun(client, runDocument(base(target, 'failed'))).catch(() => undefined);
    throw error;
  }
  const ended = { run, result, durationMs: performance.now() - begun };
  const spaces = summariseSpaces(ended);
  const summary = summariseRun(ended);
  const state: RunState = result.isInterrupted ? 'interrupted' : 'completed';
  for (const [i, target] of run.targets.entries())
    await putRun(client, endedDocument(base(target, state), spaces[i] ?? summary));
  if (!result.end.complete && !run.settings.isPartial)
    reporter.warn(`The listing is not complete: ${result.end.reason}`);
  else if (result.end.complete && result.end.reason) reporter.warn(result.end.reason);
  if (spaces.length > 1) for (const line of spaces) reporter.event({ ...line });
  reporter.result(summary, describeSummary(summary, spaces));
  return result.exitCode;
}

/** `--exit-code`: a run that wrote nothing says so. */
export function nothingToDo(exitCode: number, run: SyncRun): boolean {
  const isIdle = run.targets.every(({ tally }) => {
    const { indexed, deleted, failed } = tally.counts();
    return indexed + deleted + failed === 0;
  });
  return exitCode === EXIT.done && isIdle;
}
