// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../../ports/object-store.ts';
import type { StoredDocument } from '../../../ports/sync-index.ts';
import { compareBytes } from '../../byte-order.ts';
import { decideObject } from '../decide-object.ts';
import { documentId } from '../document-id.ts';
import { filterObject } from '../filter-object.ts';
import { type Joined, type ListEnd, mergeJoin } from '../merge-join.ts';
import { isOpenFailure } from '../record-failure.ts';
import type { SyncRun, SyncTarget } from '../sync-run.ts';
import type { Verification } from './verification.ts';

const describeVersion = (etag: string | undefined, size: number | undefined): string => `${etag ?? '?'}, ${size} bytes`;

interface Met {
  readonly run: SyncRun;
  readonly entry: Entry;
  readonly stored: StoredDocument | undefined;
}

/** Somebody was told why this version is not indexed, or it was found to be no audio. */
function isExplained(target: SyncTarget, entry: Entry): boolean {
  const letter = target.known.get(entry.key);
  return letter !== undefined && letter.etag === entry.etag && letter.size === entry.size;
}

/** Whether source and index agree on a listed object; what is wrong is told. */
function judge({ run, entry, stored }: Met, target: SyncTarget, told: Verification): boolean {
  const { space, fingerprint } = target.index;
  const check = told.checkOf(space);
  const id = documentId(run.store.id, entry.key);
  const tell = (kind: 'missing' | 'stale' | 'foreign' | 'odd', detail: string): false => {
    told.tell({ kind, space, key: entry.key, id: stored?.id ?? id, detail });
    return false;
  };
  if (stored && stored.id !== id) return tell('odd', `the document of this key should have the id ${id}`);
  if (stored && stored.fingerprint !== fingerprint)
    return tell('foreign', `embedded with ${stored.fingerprint ?? 'no fingerprint'}, the index is for ${fingerprint}`);
  const { kind } = decideObject(entry, stored, { target, settings: { ...run.settings, force: false } });
  if (kind === 'unchanged') return true;
  if (isExplained(target, entry)) {
    const letter = target.known.get(entry.key);
    if (letter && isOpenFailure(letter)) check.known_failures++;
    return false;
  }
  if (!stored) return tell('missing', `listed with ${entry.size} bytes, not indexed`);
  return tell(
    'stale',
    `indexed is ${describeVersion(stored.etag, stored.size)}; listed ${describeVersion(entry.etag, entry.size)}`,
  );
}

/** Compares one listed object with what each index has under its key. */
function compareListed(run: SyncRun, told: Verification, event: Extract<Joined, { kind: 'listed' }>): void {
  const { entry } = event;
  const isFiltered = filterObject(entry, run.settings.filter) !== undefined;
  for (const [i, target] of run.targets.entries()) {
    const stored = event.stored[i];
    const check = told.checkOf(target.index.space);
    if (isFiltered) {
      if (stored) check.filtered++;
      continue;
    }
    if (stored) check.compared++;
    if (!judge({ run, entry, stored }, target, told) || !stored) continue;
    check.same++;
    told.offer(target.index.space, { entry, stored });
  }
}

/** A document that no listed object claimed. */
function compareUnclaimed(
  run: SyncRun,
  told: Verification,
  { index, stored, lastKey }: { readonly index: number; readonly stored: StoredDocument; readonly lastKey: string },
): void {
  const target = run.targets[index];
  if (!target) return;
  const { space } = target.index;
  const id = documentId(run.store.id, stored.key);
  const where = { space, key: stored.key, id: stored.id };
  if (stored.id !== id) told.tell({ kind: 'odd', ...where, detail: `the document of this key has the id ${id}` });
  // Its key was met, by a document under an odd id, which has been told.
  else if (stored.key !== lastKey && !stored.deletedAt)
    told.tell({ kind: 'orphaned', ...where, detail: 'indexed, not listed' });
}

const UNSORTED: ListEnd = {
  type: 'end',
  complete: false,
  sorted: false,
  pages: 0,
  count: 0,
  reason: 'the source does not list in byte order: verify with --sample-only',
};

/** Walks the whole listing and the indices together, without any body, in constant memory. */
export async function compareSource(run: SyncRun, told: Verification): Promise<ListEnd> {
  const stored = run.targets.map(({ index }) => index.stored(run.store.id));
  let lastKey = '';
  for await (const event of mergeJoin(run.listing(run.signal), stored)) {
    if (event.kind === 'end') return event.end;
    if (event.kind === 'gone') compareUnclaimed(run, told, { ...event, lastKey });
    else {
      if (lastKey !== '' && compareBytes(lastKey, event.entry.key) >= 0) return UNSORTED;
      lastKey = event.entry.key;
      compareListed(run, told, event);
    }
  }
  throw new Error('a walk without an end');
}

/** Compares a sample of each index with its objects, each asked for by name: nothing that is missing is found. */
export async function compareSample(run: SyncRun, told: Verification, size: number): Promise<void> {
  for (const target of run.targets) {
    const { space } = target.index;
    for (const stored of await target.index.sample(run.store.id, { size, seed: told.seed })) {
      if (run.signal.aborted) return;
      const entry = await run.store.head(stored.key);
      if (entry) compareListed({ ...run, targets: [target] }, told, { kind: 'listed', entry, stored: [stored] });
      else if (!stored.deletedAt)
        told.tell({ kind: 'orphaned', space, key: stored.key, id: stored.id, detail: 'indexed, not in the source' });
    }
  }
}
