// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import type { RunTrigger } from '../../adapters/elasticsearch-run-log.ts';
import { createSyncTelemetry } from '../../adapters/sync-telemetry.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { meterRun } from '../../core/sync/meter-run.ts';
import { runSync, type SyncResult } from '../../core/sync/run-sync.ts';
import { describeShard } from '../../core/sync/shard.ts';
import { type SyncSummary, summariseRun, summariseSpaces } from '../../core/sync/summary.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { CommandContext } from '../command-context.ts';
import { describeSummary } from './describe-summary.ts';
import { createRunJournal } from './run-journal.ts';

/** Sorts by time: `20261121t093000z-1a2b3c`. */
export function newRunId(now = new Date()): string {
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .toLowerCase();
  return `${time}-${randomBytes(3).toString('hex')}`;
}

function announce(run: SyncRun): void {
  run.reporter.event({
    event: 'run_started',
    run: run.id,
    library: run.library,
    space: run.targets.map(({ index }) => index.space).join(','),
    source: run.store.id,
    ...(run.shard ? { shard: describeShard(run.shard) } : {}),
  });
}

function warnOfListing({ settings, reporter }: SyncRun, { end }: SyncResult): void {
  if (!end.complete && !settings.isPartial) reporter.warn(`The listing is not complete: ${end.reason}`);
  else if (end.complete && end.reason) reporter.warn(end.reason);
}

export interface Performed {
  readonly summary: SyncSummary;
  readonly spaces: readonly SyncSummary[];
}

interface Performance {
  readonly context: CommandContext;
  readonly client: Client;
  readonly run: SyncRun;
  readonly trigger: RunTrigger;
}

/** Runs, and keeps the run documents, the events and the metrics. */
export async function performRun({ context, client, run: given, trigger }: Performance): Promise<Performed> {
  const { reporter, metrics, abandoned } = context;
  const { library, id: runId, store } = given;
  const telemetry = createSyncTelemetry({ client, library, source: store.id, runId });
  const metered = meterRun({ ...given, reporter: telemetry.tap(reporter) }, metrics?.observeStage);
  const journal = createRunJournal({ run: metered, trigger, client, telemetry });
  const run: SyncRun = { ...metered, onProgress: journal.beat };
  const beganAt = performance.now();
  const unfollow = metrics?.follow(run);
  announce(run);
  await journal.begin();
  const result = await runSync(run).catch(async (error: unknown) => {
    unfollow?.();
    // The cluster may be what failed: the successor then marks the run interrupted.
    await journal.fail(abandoned.aborted ? 'interrupted' : 'failed').catch(() => undefined);
    await telemetry.close();
    throw error;
  });
  unfollow?.(result);
  const ended = { run, result, durationMs: performance.now() - beganAt };
  const spaces = summariseSpaces(ended);
  await journal.end(result.isInterrupted ? 'interrupted' : 'completed', spaces);
  const lost = await telemetry.close();
  if (lost) reporter.warn(`Events of this run were not kept: ${lost}`);
  warnOfListing(run, result);
  if (spaces.length > 1) for (const line of spaces) reporter.event({ ...line });
  return { summary: summariseRun(ended), spaces };
}

/** Runs at somebody's command: prints the summary and gives it back. */
export async function executeRun(context: CommandContext, client: Client, run: SyncRun): Promise<SyncSummary> {
  const { summary, spaces } = await performRun({ context, client, run, trigger: 'command' });
  context.reporter.result(summary, describeSummary(summary, spaces));
  return summary;
}

/** `--exit-code`: a run that wrote nothing says so. */
export function nothingToDo({ exit_code, counts }: SyncSummary): boolean {
  return exit_code === EXIT.done && counts.indexed + counts.deleted + counts.failed === 0;
}
