// SPDX-License-Identifier: Apache-2.0

/** The right to be the only run for one source and index, or for one shard of that source. */
export interface SyncLease {
  /** Rises with every run, sharded or not: the external version of everything this run writes. */
  readonly runSeq: number;
  /** Runs that ended without giving the lease back. */
  readonly interruptedRuns: readonly string[];
  /** Aborted when the lease is known to be lost. */
  readonly lost: AbortSignal;
  /** False once the lease was not renewed for its time: others may have taken it, although we do not know yet. */
  isHeld(): boolean;
  release(): Promise<void>;
}

/** One run that has the lease, or that died with it. */
export interface LeaseHolder {
  /** 1 … `shards` of the document; 1 of 1 is the whole source. */
  readonly shard: number;
  /** `<uuid>@<host>:<pid>` */
  readonly owner: string;
  readonly run_id: string;
  readonly run_seq: number;
  readonly ttl_ms: number;
  /** Rises with every renewal: what others watch, since clocks of other hosts are not trusted. */
  readonly beats: number;
  readonly renewed_at: string;
}

/**
 * The lease as it lies in `earshot-control`: one document for a source and space, with all its holders, so that every
 * rule is judged on one snapshot and written with compare-and-set. It is never deleted: `run_seq` would start again.
 */
export interface LeaseDocument {
  readonly kind: 'sync_lease';
  readonly library: string;
  readonly source: string;
  /** What the source id stands for. */
  readonly source_root: string;
  readonly space: { readonly id: string };
  /** The last number given to a run. */
  readonly run_seq: number;
  /** Into how many shards the source is divided now; 1 is the whole. */
  readonly shards: number;
  readonly state: 'held' | 'released';
  readonly holders: readonly LeaseHolder[];
}
