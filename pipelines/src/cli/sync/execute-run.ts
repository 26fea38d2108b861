// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import { putRun, type RunDocument, type RunState } from '../../adapters/elasticsearch-run-log.ts';
import { createSyncTelemetry, type SyncTelemetry } from '../../adapters/sync-telemetry.ts';
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

function noteEnd(telemetry: SyncTelemetry, target: SyncTarget, { counts, ...summary }: SyncSummary): void {
  telemetry.note({
    event: {
      kind: 'event',
      dataset: 'earshot.sync',
      action: 'run_finished',
      outcome: summary.exit_code === EXIT.done ? 'success' : 'failure',
      duration: summary.duration_ms * 1e6,
    },
    space: { id: target.index.space, fingerprint: target.index.fingerprint },
    sync: { source: summary.source, run: summary.run, ...counts },
    bytes: summary.bytes,
    audio_seconds: summary.audio_seconds,
    log: { level: 'info' },
  });
}

interface Begun {
  readonly run: SyncRun;
  readonly client: Client;
  readonly startedAt: string;
}

async function putRuns({ run, client, startedAt }: Begun, state: 'running' | 'failed'): Promise<void> {
  for (const target of run.targets) await putRun(client, runDocument({ run, target, startedAt, state }));
}

async function keepResults(begun: Begun, result: SyncResult, spaces: readonly SyncSummary[]): Promise<void> {
  const { run, client, startedAt } = begun;
  const state: RunState = result.isInterrupted ? 'interrupted' : 'completed';
  for (const [i, target] of run.targets.entries()) {
    const summary = spaces[i];
    if (summary) await putRun(client, endedDocument({ run, target, startedAt, state }, summary));
  }
}

function announce(run: SyncRun): void {
  run.reporter.event({
    event: 'run_started',
    run: run.id,
    library: run.library,
    space: run.targets.map(({ index }) => index.space).join(','),
    source: run.store.id,
  });
}

function warnOfListing({ settings, reporter }: SyncRun, { end }: SyncResult): void {
  if (!end.complete && !settings.isPartial) reporter.warn(`The listing is not complete: ${end.reason}`);
  else if (end.complete && end.reason) reporter.warn(end.reason);
}

/** Runs, keeps the run documents, prints the summary and gives it back. */
export async function executeRun({ reporter }: CommandContext, client: Client, given: SyncRun): Promise<SyncSummary> {
  const { library, id: runId, store } = given;
  const telemetry = createSyncTelemetry({ client, library, source: store.id, runId });
  const run = { ...given, reporter: telemetry.tap(reporter) };
  const begun = { run, client, startedAt: new Date().toISOString() };
  const beganAt = performance.now();
  announce(run);
  await putRuns(begun, 'running');
  const result = await runSync(run).catch(async (error: unknown) => {
    // The cluster may be what failed: the successor then marks the run interrupted.
    await putRuns(begun, 'failed').catch(() => undefined);
    throw error;
  });
  const ended = { run, result, durationMs: performance.now() - beganAt };
  const spaces = summariseSpaces(ended);
  await keepResults(begun, result, spaces);
  for (const [i, target] of run.targets.entries()) if (spaces[i]) noteEnd(telemetry, target, spaces[i]);
  const lost = await telemetry.flush();
  if (lost) reporter.warn(`The events of this run were not kept: ${lost}`);
  warnOfListing(run, result);
  if (spaces.length > 1) for (const line of spaces) reporter.event({ ...line });
  const summary = summariseRun(ended);
  reporter.result(summary, describeSummary(summary, spaces));
  return summary;
}

/** `--exit-code`: a run that wrote nothing says so. */
export function nothingToDo({ exit_code, counts }: SyncSummary): boolean {
  return exit_code === EXIT.done && counts.indexed + counts.deleted + counts.failed === 0;
}
