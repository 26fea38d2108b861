// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import type { BulkWriter } from './bulk-writer.ts';

/** What the index knows about one object of a source: enough to see whether it changed. */
export interface StoredDocument {
  readonly id: string;
  readonly key: string;
  readonly etag?: string;
  readonly size?: number;
  readonly versionId?: string;
  readonly fingerprint?: string;
  /** Soft-deleted then; ISO 8601. */
  readonly deletedAt?: string;
}

/** Document ids from `from` on and before `before`, in byte order; what is absent does not bound. */
export interface IdRange {
  readonly from?: string;
  readonly before?: string;
}

/** Documents to walk; what is absent does not restrict. */
export interface Selection {
  readonly ids?: IdRange;
  /** Soft-deleted before this time (ISO 8601). */
  readonly deletedBefore?: string;
}

/** What every vector of an index must look like. */
export interface VectorShape {
  readonly space: string;
  /** Of `_meta`: vectors of another fingerprint are never written here. */
  readonly fingerprint: string;
  readonly dims: number;
  /** Documents have a vector of the whole recording, not of its segments alone. */
  readonly hasTrackVector: boolean;
  /** Documents with vectors have a pitch track too. */
  readonly hasMelody: boolean;
}

/** A document as it lies in the index: nothing about it is certain. */
export type IndexedContent = Partial<Omit<AudioDocument, 'audio'>> & {
  readonly audio?: Partial<AudioDocument['audio']>;
};

/** Documents by the content of their recordings, whatever their key and source. */
export interface ContentLookup {
  /** One document id for each sha256 that searches see; hashes without any are absent. */
  findIds(sha256s: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** By id, vectors included, also those that searches do not see yet. */
  get(ids: readonly string[]): Promise<ReadonlyMap<string, IndexedContent>>;
}

/** The index of one library and space, as a sync run sees it. */
export interface SyncIndex {
  readonly space: string;
  readonly fingerprint: string;
  readonly shape: VectorShape;
  readonly acceptsBase64: boolean;
  readonly content: ContentLookup;
  /** The read alias does not show what is soft-deleted. */
  readonly hidesDeleted: boolean;
  readonly writer: BulkWriter;
  /** Nothing is sent to the index while `mayWrite` says no; it waits, and is tried again. */
  guardWrites(mayWrite: () => boolean): void;
  /** Documents of a source in UTF-8 byte order of their keys, after a refresh. */
  stored(source: string, selection?: Selection): AsyncIterable<StoredDocument>;
  /** One whole document, vectors included. */
  read(id: string): Promise<AudioDocument | undefined>;
  /** Documents of a source that say `ready` and lack the vectors that their space has. */
  withoutVectors(source: string): AsyncIterable<StoredDocument>;
  /** Documents of a source drawn at random; the same seed draws the same while nothing is written. */
  sample(source: string, options: { readonly size: number; readonly seed: number }): Promise<readonly StoredDocument[]>;
  /** What the index has under these document ids now, refreshed or not; in no particular order. */
  lookup(ids: readonly string[]): Promise<readonly StoredDocument[]>;
  /** Documents of a source, soft-deleted ones aside, after a refresh. */
  count(source: string): Promise<number>;
  refresh(): Promise<void>;
}
