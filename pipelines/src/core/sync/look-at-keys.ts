// SPDX-License-Identifier: Apache-2.0
import { type Entry, type ListEvent, ObjectStoreError } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import { compareBytes } from '../byte-order.ts';
import { EarshotError } from '../earshot-error.ts';
import type { DeleteVerdict } from './delete-guard.ts';
import { deleteVanished } from './delete-vanished.ts';
import type { DeleteWindow } from './delete-window.ts';
import { documentId } from './document-id.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

const HEADS_AT_ONCE = 16;

/** `entry` is null when there is no such object; `trouble` says that the store cannot tell. */
interface Look {
  readonly key: string;
  readonly entry: Entry | null;
  readonly trouble?: ObjectStoreError;
}

async function look({ store }: SyncRun, key: string): Promise<Look> {
  try {
    return { key, entry: await store.head(key) };
  } catch (trouble) {
    if (trouble instanceof ObjectStoreError) return { key, entry: null, trouble };
    throw trouble;
  }
}

async function* lookAll(run: SyncRun, keys: readonly string[], signal: AbortSignal): AsyncGenerator<Look> {
  for (let i = 0; i < keys.length && !signal.aborted; i += HEADS_AT_ONCE)
    yield* await Promise.all(keys.slice(i, i + HEADS_AT_ONCE).map((key) => look(run, key)));
}

/** The index, restricted to some keys: found by id, not by a walk. */
function restrict(target: SyncTarget, sourceId: string, keys: readonly string[]): SyncTarget {
  async function* stored(): AsyncGenerator<StoredDocument> {
    const found = await target.index.lookup(keys.map((key) => documentId(sourceId, key)));
    yield* [...found].sort((a, b) => compareBytes(a.key, b.key));
  }
  return { ...target, index: { ...target.index, stored } };
}

/** One key in trouble is left to the next whole run; when the store answers for none, all of them wait. */
function reportTrouble({ reporter, store }: SyncRun, troubles: readonly ObjectStoreError[], asked: number): void {
  const [first] = troubles;
  if (!first) return;
  if (first.trouble === 'unavailable' && troubles.length === asked)
    throw new EarshotError('SOURCE_UNAVAILABLE', `${store.id} does not answer: ${first.message}`, { cause: first });
  const others = troubles.length > 1 ? ` and ${troubles.length - 1} more` : '';
  reporter.warn(`${store.id}: left to the next whole run: ${first.message}${others}`);
}

interface Keys {
  readonly named: readonly string[];
  /** By space. */
  readonly windows: ReadonlyMap<string, DeleteWindow>;
  readonly onVerdict: (verdict: DeleteVerdict) => void;
}

/**
 * A run that looks at some keys and nothing else: each is asked for by name; what is there goes the way of every run,
 * what is not is deleted within the guards of the window. What the store cannot tell about stays as it is.
 */
export function lookAtKeys(run: SyncRun, { named, windows, onVerdict }: Keys): SyncRun {
  const keys = [...new Set(named)].sort(compareBytes);
  const targets = run.targets.map((target) => restrict(target, run.store.id, keys));

  async function judgeVanished(vanished: readonly string[]): Promise<void> {
    if (vanished.length === 0) return;
    for (const verdict of await deleteVanished({ ...run, targets }, { keys: vanished, windows })) onVerdict(verdict);
  }

  async function* listing(signal: AbortSignal): AsyncGenerator<ListEvent> {
    const vanished: string[] = [];
    const troubles: ObjectStoreError[] = [];
    let count = 0;
    for await (const { key, entry, trouble } of lookAll(run, keys, signal)) {
      if (trouble) troubles.push(trouble);
      else if (!entry) vanished.push(key);
      else {
        count++;
        yield { type: 'entry', entry };
      }
    }
    reportTrouble(run, troubles, keys.length);
    if (!signal.aborted) await judgeVanished(vanished);
    yield { type: 'end', complete: false, sorted: true, pages: 0, count, reason: 'only the keys that events named' };
  }

  return { ...run, targets, listing, settings: { ...run.settings, isPartial: true } };
}
