// SPDX-License-Identifier: Apache-2.0
import type { BulkOutcome } from '../../ports/bulk-writer.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import type { DeleteVerdict } from './delete-guard.ts';
import type { DeleteWindow } from './delete-window.ts';
import { documentId } from './document-id.ts';
import { hideDocument } from './hide-document.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

/** Documents asked for and taken out at once. */
const AT_ONCE = 48;

interface Vanished {
  /** Keys whose HEAD said 404. */
  readonly keys: readonly string[];
  /** By space. */
  readonly windows: ReadonlyMap<string, DeleteWindow>;
}

/** A HEAD cannot tell a missing object from a missing bucket: a listing that begins with an object can. */
async function holdsAnything(store: ObjectStore): Promise<boolean> {
  for await (const event of store.list({ signal: AbortSignal.timeout(60_000) })) return event.type === 'entry';
  return false;
}

/** Asked for a second time, right before the delete: only a 404 counts, no doubt. */
async function isGone(store: ObjectStore, key: string): Promise<boolean> {
  return store.head(key).then(
    (entry) => entry === null,
    () => false,
  );
}

async function judge(run: SyncRun, target: SyncTarget, gone: number, window: DeleteWindow): Promise<DeleteVerdict> {
  const { deletes } = run.settings;
  if (deletes.strikes > 1)
    return { verdict: 'postponed', reason: `${deletes.strikes} whole runs in a row must miss an object` };
  if (!(await holdsAnything(run.store)))
    return { verdict: 'refused', reason: 'the source lists no object at all: a whole run has to judge' };
  const stored = await target.index.count(run.store.id);
  return window.judge({ stored, gone, now: performance.now() }, deletes);
}

function takeOut(run: SyncRun, target: SyncTarget, { id, key }: StoredDocument): Promise<BulkOutcome | undefined> {
  const { writer } = target.index;
  return run.settings.deletes.mode === 'soft'
    ? hideDocument(run, target, { id, key, deletedAt: new Date().toISOString() })
    : writer.submit({ opId: key, id, action: 'delete', version: target.runSeq });
}

async function remove(run: SyncRun, target: SyncTarget, document: StoredDocument): Promise<boolean> {
  if (!(await isGone(run.store, document.key))) return false;
  const isOut = (await takeOut(run, target, document))?.state === 'acked';
  if (isOut) target.tally.deleted();
  return isOut;
}

async function deleteIn(run: SyncRun, target: SyncTarget, { keys, windows }: Vanished): Promise<DeleteVerdict> {
  for (const key of keys) {
    const letter = target.known.get(key);
    if (letter) await target.letters.resolve(letter.id);
  }
  const named = await target.index.lookup(keys.map((key) => documentId(run.store.id, key)));
  const found = named.filter(({ deletedAt }) => deletedAt === undefined);
  const window = windows.get(target.index.space);
  if (found.length === 0 || !window) return { verdict: 'allowed' };
  const verdict = await judge(run, target, found.length, window);
  if (verdict.verdict !== 'allowed') return verdict;
  let removed = 0;
  for (let i = 0; i < found.length; i += AT_ONCE) {
    const part = found.slice(i, i + AT_ONCE).map((document) => remove(run, target, document));
    removed += (await Promise.all(part)).filter(Boolean).length;
  }
  window.note(removed, performance.now());
  return verdict;
}

/**
 * Deletes the documents of objects that events named and that are no more. What a guard refuses stays, for a whole run
 * to judge; an empty bucket, a wrong one or one that does not answer deletes nothing.
 */
export async function deleteVanished(run: SyncRun, vanished: Vanished): Promise<DeleteVerdict[]> {
  const verdicts: DeleteVerdict[] = [];
  for (const target of run.targets) {
    const verdict = await deleteIn(run, target, vanished);
    verdicts.push(verdict);
    const { space } = target.index;
    if (verdict.verdict === 'refused')
      run.reporter.event({ event: 'guard_refused', space, source: run.store.id, reason: verdict.reason });
    if (verdict.verdict !== 'allowed')
      run.reporter.warn(`${run.store.id} ${space}: deletes ${verdict.verdict}: ${verdict.reason}`);
  }
  return verdicts;
}
