// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { ImportError } from './import-error.ts';

/** A file that is read in pieces, never as a whole. */
export interface ByteSource {
  /** File name without folders, for messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * A fresh copy of `length` bytes, at offset 0 of a buffer of its own.
   * @throws ImportError CHECKPOINT_INVALID when the range leaves the file; nothing is allocated then
   */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** One system call reads at most this much. */
const MAX_READ_BYTES = 2 ** 30;

function readFully(file: number, into: Uint8Array, offset: number): boolean {
  for (let done = 0; done < into.length; ) {
    const length = Math.min(into.length - done, MAX_READ_BYTES);
    const count = readSync(file, into, done, length, offset + done);
    if (count === 0) return false;
    done += count;
  }
  return true;
}

/** @throws ImportError CHECKPOINT_UNREADABLE when there is no such file, or it is none */
export function openByteSource(path: string): ByteSource {
  const name = basename(path);
  let file: number;
  let size: number;
  try {
    file = openSync(path, 'r');
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      closeSync(file);
      throw new Error('it is not a file');
    }
    size = stats.size;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('CHECKPOINT_UNREADABLE', `${path} cannot be read: ${reason}`, cause);
  }
  return {
    name,
    size,
    read: (offset, length) => {
      const isInside = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= size;
      const wanted = `${length} bytes at offset ${offset}`;
      if (!isInside) throw new ImportError('CHECKPOINT_INVALID', `${name} ends at ${size}, but ${wanted} are needed`);
      const bytes = new Uint8Array(length);
      if (!readFully(file, bytes, offset))
        throw new ImportError('CHECKPOINT_INVALID', `${name} became shorter while it was read: ${wanted} are gone`);
      return bytes;
    },
    close: () => closeSync(file),
  };
}
