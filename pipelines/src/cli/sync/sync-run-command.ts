// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../../core/exit-codes.ts';
import { cutListing } from '../../core/sync/cut-listing.ts';
import type { Action } from '../command-context.ts';
import { executeRun, newRunId, nothingToDo } from './execute-run.ts';
import { acquireLeases } from './sync-leases.ts';
import type { SyncFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

/** `earshot sync run`: object store → index. */
export const syncRun: Action = async (context, _args, options) => {
  const flags = options as unknown as SyncFlags;
  const session = await openSyncSession(context);
  const runId = newRunId();
  const leases = await acquireLeases({ context, session, flags, runId });
  try {
    const { runSeqs, lost } = leases;
    const run = await makeSyncRun({ context, session, flags, runId, runSeqs, lost });
    const { listing, settings } = run;
    const cut = settings.isPartial ? (signal: AbortSignal) => cutListing(listing(signal), flags) : listing;
    const exitCode = await executeRun(context, session.client, { ...run, listing: cut });
    return flags.exitCode && nothingToDo(exitCode, run) ? EXIT.nothingToDo : exitCode;
  } finally {
    await leases.release();
    await session.client.close();
  }
};
