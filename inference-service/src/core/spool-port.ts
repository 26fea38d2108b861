// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

export interface SpooledFile {
  /** Absolute path of a seekable file of ours. */
  readonly path: string;
  readonly bytes: number;
  /** Of the content, hexadecimal. */
  readonly sha256: string;
}

/** Where uploads lie while they are decoded, and how much may be in hand at once. */
export interface Spool {
  /**
   * Counts a body that is kept in memory among the uploads in hand, until the returned function is called.
   * @throws ServiceError queue_full
   */
  reserve(bytes: number): () => void;
  /**
   * Writes the stream to a file, calls `use` and removes the file whatever happens.
   * @throws ServiceError audio_too_large, empty_body
   */
  hold<T>(
    source: Readable,
    options: { readonly maxBytes: number; readonly signal: AbortSignal },
    use: (file: SpooledFile) => Promise<T>,
  ): Promise<T>;
}
