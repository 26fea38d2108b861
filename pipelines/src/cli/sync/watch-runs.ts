// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { DeleteWindow } from '../../core/sync/delete-window.ts';
import { lookAtKeys } from '../../core/sync/look-at-keys.ts';
import type { SyncSummary } from '../../core/sync/summary.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { CommandContext } from '../command-context.ts';
import { newRunId, performRun } from './execute-run.ts';
import { acquireLeases } from './sync-leases.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

/** What a watch does with one source; leases are held only while it does. */
export interface WatchRuns {
  /** Gives false when the listing broke off. */
  reconcile(): Promise<boolean>;
  syncKeys(keys: readonly string[]): Promise<void>;
}

interface Kind {
  readonly trigger: 'reconcile' | 'events';
  readonly shape: (run: SyncRun) => SyncRun;
}

function describe({ source, counts }: SyncSummary, trigger: Kind['trigger']): string | undefined {
  const { indexed, deleted, failed } = counts;
  if (trigger === 'events' && indexed + deleted + failed === 0) return undefined;
  const why = trigger === 'events' ? 'events' : `whole run, ${counts.listed} listed`;
  return `${source}: ${indexed} indexed, ${deleted} deleted, ${failed} failed (${why})`;
}

export function createWatchRuns(context: CommandContext, source: SourceSettings): WatchRuns {
  const windows = new Map(source.spaces.map((space) => [space, new DeleteWindow()]));

  async function runOnce({ trigger, shape }: Kind): Promise<SyncSummary> {
    const session = await openSyncSession(context, source);
    try {
      const runId = newRunId();
      const leases = await acquireLeases({ context, session, flags: {}, runId });
      try {
        const { runSeqs, lost } = leases;
        const run = shape(await makeSyncRun({ context, session, flags: {}, runId, runSeqs, lost }));
        const { summary } = await performRun({ context, client: session.client, run, trigger });
        context.reporter.event({ ...summary });
        const line = describe(summary, trigger);
        if (line) context.reporter.line(line);
        return summary;
      } finally {
        await leases.release();
      }
    } finally {
      await session.client.close();
    }
  }

  async function reconcile(): Promise<boolean> {
    const { exit_code } = await runOnce({ trigger: 'reconcile', shape: (run) => run });
    return exit_code !== EXIT.unavailable;
  }

  async function syncKeys(named: readonly string[]): Promise<void> {
    const onVerdict = context.metrics?.judged ?? (() => undefined);
    const shape = (run: SyncRun): SyncRun => lookAtKeys(run, { named, windows, onVerdict });
    const { exit_code } = await runOnce({ trigger: 'events', shape });
    if (exit_code === EXIT.interrupted) throw new EarshotError('INTERRUPTED', 'Interrupted while looking at keys');
  }

  return { reconcile, syncKeys };
}
