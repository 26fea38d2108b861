// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import type { BulkOutcome } from '../../ports/bulk-writer.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

/**
 * Writes a stored document again, vectors included, with `sync.deleted_at`. A partial update would raise the version by
 * itself, and the next run's write would then count as superseded.
 * @returns undefined when there is no such document, or none whose vectors can be read
 */
export async function hideDocument(
  run: Pick<SyncRun, 'id'>,
  target: SyncTarget,
  { id, key, deletedAt }: { readonly id: string; readonly key: string; readonly deletedAt: string },
): Promise<BulkOutcome | undefined> {
  const stored = await target.index.read(id);
  if (!stored || (stored.audio.status === 'ready' && !stored.embedding && !stored.segments)) return undefined;
  const sync = { ...stored.sync, run: run.id, version: target.runSeq, deleted_at: deletedAt };
  const document: AudioDocument = { ...stored, sync };
  const body = Buffer.from(JSON.stringify(document));
  return target.index.writer.submit({ opId: key, id, action: 'index', version: target.runSeq, body });
}
