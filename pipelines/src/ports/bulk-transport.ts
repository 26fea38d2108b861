// SPDX-License-Identifier: Apache-2.0

export interface BulkItem {
  readonly _id?: string;
  readonly _index?: string;
  readonly status: number;
  readonly result?: string;
  readonly failure_store?: string;
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly caused_by?: { readonly type?: string; readonly reason?: string };
  };
}

/** What came back for one `_bulk` request; `items` are absent when the request as a whole was refused. */
export interface BulkAnswer {
  readonly status: number;
  readonly items?: readonly BulkItem[];
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterMs?: number | undefined;
}

/** Sends one NDJSON body, once. Rejects only when no answer came: timeout, reset. */
export type SendBulk = (body: Buffer) => Promise<BulkAnswer>;
