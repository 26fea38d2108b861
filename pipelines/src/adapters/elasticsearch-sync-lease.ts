// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type LibrarySpace, STATE_ALIASES } from '@earshot/mappings';
import { type Client, errors } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import { pause } from '../core/retry-policy.ts';
import { changeHolder, holdersInTheWay, leaseHeld, takeLease } from '../core/sync/lease-rules.ts';
import type { Shard } from '../core/sync/shard.ts';
import type { LeaseDocument, LeaseHolder, SyncLease } from '../ports/sync-lease.ts';
import { toEarshotError } from './elasticsearch-client.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly source: string;
  /** What the source id stands for; remembered. */
  readonly sourceRoot: string;
  readonly shard: Shard;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** `--source-moved`. */
  readonly isMoved: boolean;
  /** `--force-unlock`. */
  readonly forceUnlock: boolean;
  /** How long a lease lasts that is not renewed. */
  readonly ttlMs: number;
}

interface Found {
  readonly document: LeaseDocument;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

type LeaseOf = LibrarySpace & { readonly client: Client; readonly source: string };

const INDEX = STATE_ALIASES.control;
/** Looks at a lease that seems dead, spread over its ttl. */
const WATCH_STEPS = 6;
/** Many shards renew in one document: somebody else is often faster. */
const MOST_TRIES = 100;

const leaseId = ({ library, space, source }: LibrarySpace & { readonly source: string }): string =>
  `sync:${library}:${space}:${source}`;

const statusOf = (error: unknown): number | undefined =>
  error instanceof errors.ResponseError ? error.statusCode : undefined;

async function read(options: LeaseOf): Promise<Found | undefined> {
  try {
    const answer = await options.client.get<LeaseDocument>({ index: INDEX, id: leaseId(options) });
    if (!answer._source) return undefined;
    const document = { ...answer._source, holders: answer._source.holders ?? [], shards: answer._source.shards ?? 1 };
    return { document, seqNo: answer._seq_no ?? 0, primaryTerm: answer._primary_term ?? 0 };
  } catch (error) {
    const isIndexMissing = error instanceof errors.ResponseError && error.message.includes('index_not_found');
    if (isIndexMissing)
      throw new EarshotError('INDEX_MISSING', `There is no ${INDEX}`, { remedy: 'Run earshot apply first.' });
    if (statusOf(error) === 404) return undefined;
    throw toEarshotError(error, 'reading the lease');
  }
}

/** The lease as it is now, or undefined when nothing was ever synced. */
export const readSyncLease = async (of: LeaseOf): Promise<LeaseDocument | undefined> => (await read(of))?.document;

/** Writes over what was found, or makes the first; false when somebody else was faster. */
async function write(options: LeaseOf, document: LeaseDocument, found: Found | undefined): Promise<boolean> {
  try {
    const guard = found
      ? { if_seq_no: found.seqNo, if_primary_term: found.primaryTerm }
      : { op_type: 'create' as const };
    await options.client.index({ index: INDEX, id: leaseId(options), document, ...guard });
    return true;
  } catch (error) {
    if (statusOf(error) === 409) return false;
    throw toEarshotError(error, 'writing the lease');
  }
}

/** A process of this host that is no more cannot give its lease back. */
function isOwnerDead(owner: string): boolean {
  const [, host, pid] = /@(.*):(\d+)$/.exec(owner) ?? [];
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Clocks of other hosts are not trusted: an old lease is watched for one ttl of our own before it is taken. */
async function awaitExpiry(options: Options, document: LeaseDocument, doubtful: readonly LeaseHolder[]): Promise<void> {
  const seen = holdersInTheWay(document, options.shard);
  const fresh = doubtful.find(({ renewed_at, ttl_ms }) => Date.now() - Date.parse(renewed_at) < ttl_ms);
  if (fresh) throw leaseHeld(document, fresh, options.shard);
  const ttl = Math.max(0, ...doubtful.map(({ ttl_ms }) => ttl_ms));
  for (let step = 0; step < WATCH_STEPS; step++) {
    await pause(ttl / WATCH_STEPS, options.signal);
    const now = (await read(options))?.document;
    const isAlive = ({ owner, beats }: LeaseHolder): boolean =>
      !seen.some((before) => before.owner === owner && before.beats === beats);
    const alive = holdersInTheWay(now, options.shard).find(isAlive);
    if (now && alive) throw leaseHeld(now, alive, options.shard);
  }
}

function checkRoot(options: Options, found: Found | undefined): void {
  const known = found?.document.source_root;
  if (!known || known === options.sourceRoot || options.isMoved) return;
  throw new EarshotError(
    'SOURCE_MOVED',
    `Source ${options.source} of library ${options.library} stands for ${known}; this run was given ${options.sourceRoot}`,
  );
}

interface Acquired {
  readonly owner: string;
  readonly runSeq: number;
  readonly interruptedRuns: readonly string[];
  /** On the monotonic clock, before the write. */
  readonly takenAt: number;
}

async function acquire(options: Options): Promise<Acquired> {
  const { library, space, source, sourceRoot, shard, runId, ttlMs } = options;
  const owner = `${randomUUID()}@${hostname()}:${process.pid}`;
  /** Owners that did not move for a ttl: watched once is enough; and ourselves, when the answer to a write was lost. */
  const dead = new Set<string>([owner]);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const found = await read(options);
    checkRoot(options, found);
    const inTheWay = holdersInTheWay(found?.document, shard);
    const doubtful = options.forceUnlock
      ? []
      : inTheWay.filter((one) => !dead.has(one.owner) && !isOwnerDead(one.owner));
    if (found && doubtful.length > 0) {
      await awaitExpiry(options, found.document, doubtful);
      for (const one of doubtful) dead.add(one.owner);
      continue;
    }
    const taken = takeLease(found?.document, {
      base: { library, source, source_root: sourceRoot, space: { id: space } },
      wanted: shard,
      holder: { owner, run_id: runId, ttl_ms: ttlMs, renewed_at: new Date().toISOString() },
    });
    const interruptedRuns = inTheWay.map(({ run_id }) => run_id).filter((run) => run !== runId);
    const takenAt = performance.now();
    if (await write(options, taken, found)) return { owner, runSeq: taken.run_seq, interruptedRuns, takenAt };
    await pause(Math.random() * 50, options.signal);
  }
  throw new EarshotError('LOCK_HELD', 'Other runs took the lease again and again');
}

/** Changes our own part of the lease. @returns false when another run has pushed us out */
async function rewrite(
  options: Options,
  owner: string,
  change: (holder: LeaseHolder) => LeaseHolder | undefined,
): Promise<boolean> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const found = await read(options);
    const changed = found && changeHolder(found.document, owner, change);
    if (!changed) return false;
    if (await write(options, changed, found)) return true;
    await pause(Math.random() * 50);
  }
  throw new EarshotError('ELASTICSEARCH_UNAVAILABLE', 'The lease could not be written for want of a free moment');
}

/**
 * Takes the lease for one source and index, or for one shard of the source, or says who has it.
 * @throws EarshotError LOCK_HELD, SOURCE_MOVED, INDEX_MISSING
 */
export async function acquireSyncLease(options: Options): Promise<SyncLease> {
  const { owner, runSeq, interruptedRuns, takenAt } = await acquire(options);
  const { ttlMs } = options;
  const lost = new AbortController();
  let renewedAt = takenAt;
  const isHeld = (): boolean => !lost.signal.aborted && performance.now() - renewedAt < ttlMs;

  async function renew(): Promise<void> {
    const beginsAt = performance.now();
    const beat = (holder: LeaseHolder): LeaseHolder => ({
      ...holder,
      beats: holder.beats + 1,
      renewed_at: new Date().toISOString(),
    });
    const isOurs = await rewrite(options, owner, beat).catch(() => undefined);
    if (isOurs) renewedAt = beginsAt;
    else if (isOurs === false)
      lost.abort(new EarshotError('LOCK_HELD', 'The lease was lost to another run; nothing more is written'));
    // An answer that does not come is no loss before the lease would have run out.
    else if (!isHeld())
      lost.abort(
        new EarshotError(
          'ELASTICSEARCH_UNAVAILABLE',
          'The lease could not be renewed in time; nothing more is written',
        ),
      );
  }

  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, ttlMs / 3);
  return {
    runSeq,
    interruptedRuns,
    lost: lost.signal,
    isHeld,
    release: async () => {
      clearInterval(timer);
      await renewing;
      if (!lost.signal.aborted) await rewrite(options, owner, () => undefined);
    },
  };
}
