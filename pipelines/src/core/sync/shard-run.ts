// SPDX-License-Identifier: Apache-2.0
import type { ListEvent } from '../../ports/object-store.ts';
import { documentId } from './document-id.ts';
import { idRangeOf, isInRange, type Shard } from './shard.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

/** The end stays that of the whole listing: a source that lists nothing at all is refused by every shard. */
async function* ownEntries(
  listing: AsyncIterable<ListEvent>,
  isOwn: (key: string) => boolean,
): AsyncGenerator<ListEvent> {
  for await (const event of listing) if (event.type === 'end' || isOwn(event.entry.key)) yield event;
}

/**
 * The run of one shard: it sees, embeds and deletes only the keys whose document id falls into its range, and may
 * delete its part of `--max-delete`. The listing itself is that of the whole source.
 */
export function shardRun(run: SyncRun, shard: Shard | undefined): SyncRun {
  if (!shard || shard.count === 1) return run;
  const range = idRangeOf(shard);
  const isOwn = (key: string): boolean => isInRange(range, documentId(run.store.id, key));
  const targets = run.targets.map((target): SyncTarget => {
    const known = new Map([...target.known].filter(([key]) => isOwn(key)));
    const { index, strikes } = target;
    return {
      ...target,
      known,
      index: { ...index, stored: (source, selection) => index.stored(source, { ...selection, ids: range }) },
      strikes: { ...strikes, stored: () => strikes.stored(range) },
    };
  });
  const { deletes } = run.settings;
  const settings = {
    ...run.settings,
    deletes: { ...deletes, maxDelete: Math.floor(deletes.maxDelete / shard.count) },
  };
  return { ...run, shard, targets, settings, listing: (signal) => ownEntries(run.listing(signal), isOwn) };
}
