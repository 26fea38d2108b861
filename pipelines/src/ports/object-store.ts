// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

/** One object as a listing names it. */
export interface Entry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Opaque; for folders size and mtime in ns. */
  readonly etag?: string;
  readonly versionId?: string;
  /** ISO 8601. */
  readonly modified?: string;
  readonly storageClass?: string;
  /** Object beside a recording that says more about it; its ETag is part of `versionId`. */
  readonly sidecar?: Entry;
}

/** The end is an event of its own: a listing without it is incomplete, and nothing may be deleted after it. */
export type ListEvent =
  | { readonly type: 'entry'; readonly entry: Entry }
  | {
      readonly type: 'end';
      readonly complete: boolean;
      /** Keys came in strictly rising UTF-8 byte order. */
      readonly sorted: boolean;
      readonly pages: number;
      readonly count: number;
      readonly reason?: string;
    };

export interface FetchedObject {
  readonly body: Readable;
  readonly length?: number;
}

export interface GetOptions {
  readonly signal: AbortSignal;
  /** First and last byte, both included, within the object. */
  readonly range?: { readonly start: number; readonly end: number };
}

/**
 * Why one object could not be had. `changed`: another version lies there now; `vanished`: nothing does;
 * `archived`: it must be restored first; `denied`: not with these credentials; `unavailable`: try later.
 */
export type ObjectTrouble = 'changed' | 'vanished' | 'archived' | 'denied' | 'unavailable';

export class ObjectStoreError extends Error {
  readonly trouble: ObjectTrouble;

  constructor(trouble: ObjectTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ObjectStoreError';
    this.trouble = trouble;
  }
}

/** Where recordings lie: a folder, a bucket. */
export interface ObjectStore {
  /** Source id from the configuration, part of every document id. */
  readonly id: string;
  /** The root this id stands for: an absolute path, or endpoint, bucket and prefix. */
  readonly root: string;
  readonly bucket?: string;
  /** What every key begins with; labels from paths are read behind it. */
  readonly prefix: string;
  /** Address of one object: file:///… or s3://bucket/key. */
  uriOf(key: string): string;
  /** Keys in UTF-8 byte order. A fault in the middle is an incomplete end, not a throw. @throws EarshotError when there is no such source */
  list(options: { readonly signal: AbortSignal }): AsyncIterable<ListEvent>;
  /** The very version that was listed (If-Match), or the bytes of `range`; the caller consumes or destroys the body. @throws ObjectStoreError */
  get(entry: Entry, options: GetOptions): Promise<FetchedObject>;
  /** null only when the store says that nothing is there. @throws ObjectStoreError */
  head(key: string): Promise<Entry | null>;
}
