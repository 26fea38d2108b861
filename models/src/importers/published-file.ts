// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ImportError } from './import-error.ts';

/** A file as its makers describe it, by one sum at least. */
export interface PublishedFile {
  readonly file: string;
  readonly bytes?: number;
  readonly md5?: string;
  readonly sha256?: string;
}

/** What a file really is. */
export interface FileSums {
  readonly bytes: number;
  readonly md5: string;
  readonly sha256: string;
}

const PIECE_BYTES = 2 ** 20;

/** @throws ImportError CHECKPOINT_UNREADABLE */
export async function sumFile(path: string): Promise<FileSums> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      md5.update(piece);
      sha256.update(piece);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('CHECKPOINT_UNREADABLE', `${path} cannot be read: ${reason}`, cause);
  }
  return { bytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

/** Whether every sum that is published is the file's. */
export const isPublished = (sums: FileSums, { bytes, md5, sha256 }: PublishedFile): boolean =>
  (md5 ?? sums.md5) === sums.md5 && (bytes ?? sums.bytes) === sums.bytes && (sha256 ?? sums.sha256) === sums.sha256;
