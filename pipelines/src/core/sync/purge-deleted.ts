// SPDX-License-Identifier: Apache-2.0
import type { StoredDocument } from '../../ports/sync-index.ts';
import { isPrunable } from './delete-guard.ts';
import { filterObject } from './filter-object.ts';
import { runConcurrently } from './run-concurrently.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

export interface Purged {
  readonly space: string;
  /** Soft-deleted for long enough. */
  readonly found: number;
  readonly purged: number;
  /** The object is there again and wanted: the next run brings its document back. */
  readonly kept: number;
  /** Not deleted, for want of an answer from the store or the index. */
  readonly failed: number;
}

const AT_ONCE = 16;

async function purgeOne(
  run: SyncRun,
  target: SyncTarget,
  { id, key }: StoredDocument,
): Promise<'purged' | 'kept' | 'failed'> {
  const entry = await run.store.head(key).catch(() => undefined);
  if (entry === undefined) return 'failed';
  if (entry && !isPrunable(filterObject(entry, run.settings.filter))) return 'kept';
  const { state } = await target.index.writer.submit({ opId: key, id, action: 'delete', version: target.runSeq });
  return state === 'acked' ? 'purged' : state === 'superseded' ? 'kept' : 'failed';
}

/** Documents of a source that were soft-deleted before a time (ISO 8601). */
export async function countDeleted(run: SyncRun, target: SyncTarget, before: string): Promise<number> {
  let count = 0;
  for await (const _document of target.index.stored(run.store.id, { deletedBefore: before })) count++;
  return count;
}

/** Deletes for good, by explicit ids, what was soft-deleted before a time and is still not there when asked for. */
export async function purgeDeleted(run: SyncRun, target: SyncTarget, before: string): Promise<Purged> {
  const counts = { purged: 0, kept: 0, failed: 0 };
  let found = 0;
  const documents = target.index.stored(run.store.id, { deletedBefore: before });
  const signal = AbortSignal.any([run.signal, run.lost]);
  await runConcurrently(documents, { limit: AT_ONCE, signal }, async (document) => {
    found++;
    counts[await purgeOne(run, target, document)]++;
  });
  await target.index.writer.drain();
  run.lost.throwIfAborted();
  const stop = target.index.writer.stopReason();
  if (stop) throw stop;
  return { space: target.index.space, found, ...counts };
}
