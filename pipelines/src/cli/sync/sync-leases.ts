// SPDX-License-Identifier: Apache-2.0

import { markInterrupted } from '../../adapters/elasticsearch-run-log.ts';
import { acquireSyncLease } from '../../adapters/elasticsearch-sync-lease.ts';
import { WHOLE_SOURCE } from '../../core/sync/shard.ts';
import type { SyncLease } from '../../ports/sync-lease.ts';
import type { CommandContext } from '../command-context.ts';
import type { SyncFlags } from './sync-options.ts';
import type { SyncSession } from './sync-session.ts';

export interface SyncLeases {
  readonly runSeqs: ReadonlyMap<string, number>;
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

interface Request {
  readonly context: CommandContext;
  readonly session: SyncSession;
  readonly flags: Pick<SyncFlags, 'sourceMoved' | 'forceUnlock' | 'shard'>;
  readonly runId: string;
}

/** Takes the lease of every space, always in the same order, or none. */
export async function acquireLeases({ context, session, flags, runId }: Request): Promise<SyncLeases> {
  const held = new Map<string, SyncLease>();
  const release = async (): Promise<void> => {
    await Promise.allSettled([...held.values()].map((lease) => lease.release()));
  };
  try {
    for (const index of session.spaces.map((one) => one.index).sort((a, b) => (a.space < b.space ? -1 : 1))) {
      const { space } = index;
      const lease = await acquireSyncLease({
        client: session.client,
        library: session.source.library,
        space,
        source: session.store.id,
        sourceRoot: session.store.root,
        runId,
        shard: flags.shard ?? WHOLE_SOURCE,
        signal: context.signal,
        isMoved: flags.sourceMoved === true,
        forceUnlock: flags.forceUnlock === true,
        ttlMs: context.config.leaseSeconds * 1000,
      });
      held.set(space, lease);
      index.guardWrites(() => lease.isHeld());
      for (const run of lease.interruptedRuns) await markInterrupted(session.client, run, space);
    }
  } catch (error) {
    await release();
    throw error;
  }
  const runSeqs = new Map([...held].map(([space, lease]) => [space, lease.runSeq]));
  return {
    runSeqs,
    lost: AbortSignal.any([...[...held.values()].map(({ lost }) => lost), context.abandoned]),
    release,
  };
}
