// SPDX-License-Identifier: Apache-2.0

export interface BulkOperation {
  /** The caller's name for this operation; comes back with the outcome. */
  readonly opId: string;
  /** Document id. */
  readonly id: string;
  readonly action: 'index' | 'delete';
  /** External version (`external_gte`): a newer stored one wins. */
  readonly version: number;
  /** The document as JSON without line breaks; none for a delete. */
  readonly body?: Buffer;
}

/**
 * How an operation ended. `acked`: stored; `superseded`: a newer version is stored; `poison`: refused for what it is;
 * `failed`: not stored, for a reason outside the document.
 */
export interface BulkOutcome {
  readonly opId: string;
  readonly state: 'acked' | 'superseded' | 'poison' | 'failed';
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  /** Requests that carried it. */
  readonly attempts: number;
}

/** `acked + superseded + poison + failed + pending = submitted`, always. */
export interface BulkCounts {
  readonly submitted: number;
  readonly pending: number;
  readonly acked: number;
  readonly superseded: number;
  readonly poison: number;
  readonly failed: number;
  /** Operations sent again. */
  readonly retries: number;
  /** The same by the code of the reason, e.g. `es_rejected_execution_exception`, `no_answer`. */
  readonly retriesBy: Readonly<Record<string, number>>;
}

/** Writes documents to one alias. */
export interface BulkWriter {
  /** Always settles, never rejects. */
  submit(operation: BulkOperation): Promise<BulkOutcome>;
  /** Sends what waits and resolves when nothing is pending. */
  drain(): Promise<void>;
  /** Takes nothing more; what waits ends as failed, what is under way ends by its answer. */
  abort(reason: Error): void;
  counts(): BulkCounts;
  /** Why the writer stopped by itself: refused credentials, no such alias. */
  stopReason(): Error | undefined;
}
