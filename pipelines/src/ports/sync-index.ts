// SPDX-License-Identifier: Apache-2.0
import type { BulkWriter } from './bulk-writer.ts';

/** What the index knows about one object of a source: enough to see whether it changed. */
export interface StoredDocument {
  readonly id: string;
  readonly key: string;
  readonly etag?: string;
  readonly size?: number;
  readonly versionId?: string;
  readonly fingerprint?: string;
}

/** The index of one library and space, as a sync run sees it. */
export interface SyncIndex {
  readonly space: string;
  /** Of `_meta`: vectors of another fingerprint are never written here. */
  readonly fingerprint: string;
  readonly acceptsBase64: boolean;
  readonly writer: BulkWriter;
  /** Documents of a source in UTF-8 byte order of their keys, after a refresh. */
  stored(source: string): AsyncIterable<StoredDocument>;
  refresh(): Promise<void>;
}
