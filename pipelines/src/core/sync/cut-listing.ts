// SPDX-License-Identifier: Apache-2.0
import { type Entry, type ListEvent, type ObjectStore, ObjectStoreError } from '../../ports/object-store.ts';
import { compareBytes } from '../byte-order.ts';
import { EarshotError } from '../earshot-error.ts';

interface Cut {
  /** Only keys that begin so. */
  readonly prefix?: string | undefined;
  /** At most so many objects. */
  readonly limit?: number | undefined;
}

/** Part of a listing; its end is incomplete by design, so that nothing is deleted. */
export async function* cutListing(
  listing: AsyncIterable<ListEvent>,
  { prefix = '', limit }: Cut,
): AsyncGenerator<ListEvent> {
  let count = 0;
  const end = { type: 'end' as const, complete: false, sorted: true, pages: 0, reason: 'cut by --limit or --prefix' };
  for await (const event of listing) {
    if (event.type === 'end') {
      yield event.complete ? { ...end, count } : { ...event, count };
      return;
    }
    if (!event.entry.key.startsWith(prefix)) continue;
    if (limit !== undefined && count >= limit) break;
    count++;
    yield event;
  }
  yield { ...end, count };
}

/** What one key stands for now; `denied` where that may not be known. @throws EarshotError SOURCE_UNAVAILABLE */
async function lookUp(store: ObjectStore, key: string): Promise<Entry | null | 'denied'> {
  try {
    return await store.head(key);
  } catch (error) {
    if (!(error instanceof ObjectStoreError)) throw error;
    if (error.trouble === 'denied') return 'denied';
    throw new EarshotError('SOURCE_UNAVAILABLE', error.message, { cause: error });
  }
}

/** A listing of named keys only, by asking for each; what is no longer there, or may not be read, is left out. */
export async function* listKeys(
  store: ObjectStore,
  keys: readonly string[],
  onVanished: (key: string) => Promise<void>,
): AsyncGenerator<ListEvent> {
  let count = 0;
  for (const key of [...keys].sort(compareBytes)) {
    const entry = await lookUp(store, key);
    if (entry === 'denied') continue;
    if (!entry) {
      await onVanished(key);
      continue;
    }
    count++;
    yield { type: 'entry', entry };
  }
  yield { type: 'end', complete: false, sorted: true, pages: 0, count, reason: 'only the failures named' };
}
