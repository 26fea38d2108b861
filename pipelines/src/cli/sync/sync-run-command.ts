// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { cutListing } from '../../core/sync/cut-listing.ts';
import { shardRun } from '../../core/sync/shard-run.ts';
import type { SyncSummary } from '../../core/sync/summary.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { announceDrain } from './announce-drain.ts';
import { executeRun, newRunId, nothingToDo } from './execute-run.ts';
import { runSources } from './run-sources.ts';
import { acquireLeases } from './sync-leases.ts';
import type { SyncFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';
import { withMetrics } from './with-metrics.ts';

async function runSource(context: CommandContext, source: SourceSettings, flags: SyncFlags): Promise<SyncSummary> {
  const session = await openSyncSession(context, source);
  const runId = newRunId();
  const leases = await acquireLeases({ context, session, flags, runId });
  try {
    const { runSeqs, lost } = leases;
    const run = shardRun(await makeSyncRun({ context, session, flags, runId, runSeqs, lost }), flags.shard);
    const { listing, settings } = run;
    const cut = settings.isPartial ? (signal: AbortSignal) => cutListing(listing(signal), flags) : listing;
    return await executeRun(context, session.client, { ...run, listing: cut });
  } finally {
    await leases.release();
    await session.client.close();
  }
}

/** `earshot sync run`: object store → index. */
export const syncRun: Action = (context, names, options) => {
  const flags = options as unknown as SyncFlags;
  announceDrain(context);
  return withMetrics(context, (metered) =>
    runSources(metered, names, async (source) => {
      const summary = await runSource(metered, source, flags);
      return { summary, exitCode: flags.exitCode && nothingToDo(summary) ? EXIT.nothingToDo : summary.exit_code };
    }),
  );
};
