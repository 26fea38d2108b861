// SPDX-License-Identifier: Apache-2.0
import type { Entry, ListEvent } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import { compareBytes } from '../byte-order.ts';

export type ListEnd = Extract<ListEvent, { readonly type: 'end' }>;

export type Joined =
  | {
      readonly kind: 'listed';
      readonly entry: Entry;
      /** What each index has under this key, in the order of the indices. */
      readonly stored: readonly (StoredDocument | undefined)[];
    }
  /** Stored but not listed: a candidate for deletion, if the listing turns out complete. */
  | { readonly kind: 'gone'; readonly index: number; readonly stored: StoredDocument }
  | { readonly kind: 'end'; readonly end: ListEnd };

/** A stream of stored documents with a look at its head. */
class Cursor {
  private readonly documents: AsyncIterator<StoredDocument>;
  head: StoredDocument | undefined;

  constructor(documents: AsyncIterable<StoredDocument>) {
    this.documents = documents[Symbol.asyncIterator]();
  }

  async advance(): Promise<void> {
    const step = await this.documents.next();
    this.head = step.done ? undefined : step.value;
  }

  /** Whether a document comes before `key`; without one, whether there is any. */
  isBefore(key: string | undefined): boolean {
    return this.head !== undefined && (key === undefined || compareBytes(this.head.key, key) < 0);
  }

  /** Documents with keys before `key` (all, without one), then stands at the first that is not. */
  async *before(key: string | undefined): AsyncGenerator<StoredDocument> {
    while (this.head && this.isBefore(key)) {
      yield this.head;
      await this.advance();
    }
  }

  async takeIfAt(key: string): Promise<StoredDocument | undefined> {
    const found = this.head?.key === key ? this.head : undefined;
    if (found) await this.advance();
    return found;
  }

  async close(): Promise<void> {
    await this.documents.return?.(undefined);
  }
}

const INCOMPLETE: ListEnd = { type: 'end', complete: false, sorted: false, pages: 0, count: 0, reason: 'no end' };

/**
 * Walks a listing and the indices together, all in UTF-8 byte order of keys, in constant memory.
 * The last event is always the end; a listing that just stops counts as incomplete.
 */
export async function* mergeJoin(
  listing: AsyncIterable<ListEvent>,
  stored: readonly AsyncIterable<StoredDocument>[],
): AsyncGenerator<Joined> {
  const cursors = stored.map((documents) => new Cursor(documents));
  let end: ListEnd = INCOMPLETE;
  try {
    await Promise.all(cursors.map((cursor) => cursor.advance()));
    for await (const event of listing) {
      if (event.type === 'end') {
        end = event;
        break;
      }
      const { entry } = event;
      // The common cases, nothing gone and one index, go without a generator and without a promise for all.
      if (cursors.some((cursor) => cursor.isBefore(entry.key))) yield* goneBefore(cursors, entry.key);
      const found: (StoredDocument | undefined)[] = [];
      for (const cursor of cursors) found.push(await cursor.takeIfAt(entry.key));
      yield { kind: 'listed', entry, stored: found };
    }
    if (end.complete) yield* goneBefore(cursors, undefined);
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
  yield { kind: 'end', end };
}

async function* goneBefore(cursors: readonly Cursor[], key: string | undefined): AsyncGenerator<Joined> {
  for (const [index, cursor] of cursors.entries())
    for await (const document of cursor.before(key)) yield { kind: 'gone', index, stored: document };
}
