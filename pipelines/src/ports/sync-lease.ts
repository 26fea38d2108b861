// SPDX-License-Identifier: Apache-2.0

/** The right to be the only run for one source and index. */
export interface SyncLease {
  /** Rises with every run: the external version of everything this run writes. */
  readonly runSeq: number;
  /** Run that ended without giving the lease back, if any. */
  readonly interruptedRun?: string;
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}
