// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import type { Entry } from './object-store.ts';

/** One recording at hand, in memory or in a temporary file. */
export interface Recording {
  /** Hex, of the bytes. */
  readonly sha256: string;
  readonly length: number;
  /** From the beginning, each time it is called. A chunk is overwritten when the next one is asked for. */
  open(): AsyncIterable<Uint8Array>;
  /** Media type by the first bytes, e.g. `audio/wav`; undefined when they say nothing. */
  readonly mediaType: string | undefined;
  /** The file's own tags and title, and what its sidecar says; never throws, gives up after a few seconds. */
  tags(): Promise<RecordingTags>;
  dispose(): Promise<void>;
}

export interface RecordingTags {
  readonly title?: string;
  readonly tags?: NonNullable<AudioDocument['tags']>;
  /** Of a sidecar; they win over labels from the path. */
  readonly labels?: NonNullable<AudioDocument['labels']>;
}

/** Fetches the listed version, whole and counted. @throws ObjectStoreError */
export type ReadRecording = (entry: Entry, signal: AbortSignal) => Promise<Recording>;
