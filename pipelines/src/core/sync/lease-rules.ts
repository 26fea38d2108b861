// SPDX-License-Identifier: Apache-2.0
import type { LeaseDocument, LeaseHolder } from '../../ports/sync-lease.ts';
import { EarshotError } from '../earshot-error.ts';
import type { Shard } from './shard.ts';

/**
 * Who keeps `wanted` from starting: the holder of the same shard, and, while the source is divided otherwise,
 * every holder, since the keys of two divisions overlap.
 */
export function holdersInTheWay(document: LeaseDocument | undefined, wanted: Shard): readonly LeaseHolder[] {
  if (!document) return [];
  return document.shards === wanted.count
    ? document.holders.filter(({ shard }) => shard === wanted.index)
    : document.holders;
}

const nameShard = (index: number, count: number): string => (count === 1 ? 'all' : `shard ${index}/${count}`);

/** Exit 6, with who has what. */
export function leaseHeld({ source, space, shards }: LeaseDocument, holder: LeaseHolder, wanted: Shard): EarshotError {
  const has = nameShard(holder.shard, shards);
  const divided =
    shards === wanted.count
      ? ''
      : `; this run wants ${nameShard(wanted.index, wanted.count)}, and a source can be divided in one way at a time`;
  return new EarshotError(
    'LOCK_HELD',
    `Run ${holder.run_id} of ${holder.owner} holds the lease for ${has} of source ${source} and space ${space.id}${divided}`,
    { remedy: 'Wait for the other run to end; if it is surely dead, repeat with --force-unlock.' },
  );
}

interface Taking {
  readonly base: Pick<LeaseDocument, 'library' | 'source' | 'source_root' | 'space'>;
  readonly wanted: Shard;
  readonly holder: Omit<LeaseHolder, 'shard' | 'run_seq' | 'beats'>;
}

/** The document with a new holder and the next number; whoever was in the way is no longer in it. */
export function takeLease(found: LeaseDocument | undefined, { base, wanted, holder }: Taking): LeaseDocument {
  const inTheWay = new Set(holdersInTheWay(found, wanted));
  const others = (found?.holders ?? []).filter((one) => !inTheWay.has(one));
  const runSeq = (found?.run_seq ?? 0) + 1;
  const own: LeaseHolder = { ...holder, shard: wanted.index, run_seq: runSeq, beats: 0 };
  return {
    kind: 'sync_lease',
    ...base,
    run_seq: runSeq,
    shards: wanted.count,
    state: 'held',
    holders: [...others, own],
  };
}

/** The document after one of its holders renewed or left; undefined when that holder was pushed out. */
export function changeHolder(
  document: LeaseDocument,
  owner: string,
  change: (holder: LeaseHolder) => LeaseHolder | undefined,
): LeaseDocument | undefined {
  if (!document.holders.some((holder) => holder.owner === owner)) return undefined;
  const holders = document.holders.flatMap((holder) => (holder.owner === owner ? (change(holder) ?? []) : holder));
  return { ...document, holders, state: holders.length > 0 ? 'held' : 'released' };
}
