// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type LibrarySpace, STATE_ALIASES } from '@earshot/mappings';
import { type Client, errors } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import { pause } from '../core/retry-policy.ts';
import type { SyncLease } from '../ports/sync-lease.ts';
import { toEarshotError } from './elasticsearch-client.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly source: string;
  /** What the source id stands for; remembered. */
  readonly sourceRoot: string;
  readonly runId: string;
  readonly signal: AbortSignal;
  /** `--source-moved`. */
  readonly isMoved: boolean;
  /** `--force-unlock`. */
  readonly forceUnlock: boolean;
  readonly ttlMs?: number;
}

/** The lease as it lies in `earshot-control`. It is never deleted: `run_seq` would start again. */
interface LeaseDocument {
  readonly kind: 'sync_lease';
  readonly owner: string;
  readonly run_id: string;
  readonly run_seq: number;
  readonly ttl_ms: number;
  readonly state: 'held' | 'released';
  readonly renewed_at: string;
  readonly library: string;
  readonly source: string;
  readonly source_root: string;
  readonly space: { readonly id: string };
}

interface Found {
  readonly document: LeaseDocument;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

const INDEX = STATE_ALIASES.control;
const DEFAULT_TTL_MS = 60_000;

const leaseId = ({ library, space, source }: LibrarySpace & { readonly source: string }): string =>
  `sync:${library}:${space}:${source}`;

const statusOf = (error: unknown): number | undefined =>
  error instanceof errors.ResponseError ? error.statusCode : undefined;

type LeaseOf = LibrarySpace & { readonly client: Client; readonly source: string };

async function read(options: LeaseOf): Promise<Found | undefined> {
  try {
    const answer = await options.client.get<LeaseDocument>({ index: INDEX, id: leaseId(options) });
    if (!answer._source) return undefined;
    return { document: answer._source, seqNo: answer._seq_no ?? 0, primaryTerm: answer._primary_term ?? 0 };
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

/** Writes over what was found, or makes the first; undefined when somebody else was faster. */
async function write(options: Options, document: LeaseDocument, found: Found | undefined): Promise<Found | undefined> {
  try {
    const guard = found
      ? { if_seq_no: found.seqNo, if_primary_term: found.primaryTerm }
      : { op_type: 'create' as const };
    const answer = await options.client.index({ index: INDEX, id: leaseId(options), document, ...guard });
    return { document, seqNo: answer._seq_no ?? 0, primaryTerm: answer._primary_term ?? 0 };
  } catch (error) {
    if (statusOf(error) === 409) return undefined;
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

const held = ({ document }: Found): EarshotError =>
  new EarshotError(
    'LOCK_HELD',
    `Run ${document.run_id} of ${document.owner} holds the lease for source ${document.source} and space ${document.space.id}`,
    { remedy: 'Wait for the other run to end; if it is surely dead, repeat with --force-unlock.' },
  );

/** Clocks of other hosts are not trusted: an old lease is watched for one ttl of our own before it is taken. */
async function awaitExpiry(options: Options, found: Found): Promise<void> {
  const ttl = found.document.ttl_ms;
  const isRecent = Date.now() - Date.parse(found.document.renewed_at) < ttl;
  if (isRecent) throw held(found);
  for (let step = 0; step < 6; step++) {
    await pause(ttl / 6, options.signal);
    const now = await read(options);
    if (now && now.seqNo !== found.seqNo && now.document.state === 'held') throw held(now);
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
  readonly held: Found;
  readonly interruptedRun: string | undefined;
}

async function acquire(options: Options): Promise<Acquired> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const found = await read(options);
    checkRoot(options, found);
    const isHeld = found?.document.state === 'held';
    if (found && isHeld && !options.forceUnlock && !isOwnerDead(found.document.owner))
      await awaitExpiry(options, found);
    const { library, space, source } = options;
    const taken = await write(
      options,
      {
        kind: 'sync_lease',
        owner: `${randomUUID()}@${hostname()}:${process.pid}`,
        run_id: options.runId,
        run_seq: (found?.document.run_seq ?? 0) + 1,
        ttl_ms: options.ttlMs ?? DEFAULT_TTL_MS,
        state: 'held',
        renewed_at: new Date().toISOString(),
        library,
        source,
        source_root: options.sourceRoot,
        space: { id: space },
      },
      found,
    );
    if (taken) return { held: taken, interruptedRun: isHeld ? found?.document.run_id : undefined };
  }
  throw new EarshotError('LOCK_HELD', 'Other runs took the lease again and again');
}

/**
 * Takes the lease for one source and index, or says who has it.
 * @throws EarshotError LOCK_HELD, SOURCE_MOVED, INDEX_MISSING
 */
export async function acquireSyncLease(options: Options): Promise<SyncLease> {
  const { held: first, interruptedRun } = await acquire(options);
  const lost = new AbortController();
  let current = first;
  let renewedAt = performance.now();
  const ttlMs = first.document.ttl_ms;

  async function rewrite(state: LeaseDocument['state']): Promise<boolean> {
    const document = { ...current.document, state, renewed_at: new Date().toISOString() };
    const written = await write(options, document, current);
    if (written) current = written;
    return written !== undefined;
  }

  async function renew(): Promise<void> {
    const isOurs = await rewrite('held').catch(() => performance.now() - renewedAt < ttlMs);
    if (isOurs) renewedAt = performance.now();
    else lost.abort(new EarshotError('LOCK_HELD', 'The lease was lost to another run; nothing more is written'));
  }

  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renew();
  }, ttlMs / 3);
  return {
    runSeq: first.document.run_seq,
    ...(interruptedRun ? { interruptedRun } : {}),
    lost: lost.signal,
    release: async () => {
      clearInterval(timer);
      await renewing;
      if (!lost.signal.aborted) await rewrite('released');
    },
  };
}
