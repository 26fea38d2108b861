// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { EarshotError } from '../core/earshot-error.ts';
import { Budget } from '../core/sync/budget.ts';
import { type Entry, type ObjectStore, ObjectStoreError } from '../ports/object-store.ts';
import type { ReadRecording } from '../ports/recording-reader.ts';
import { readBlocks, writeBlocks } from './file-blocks.ts';
import { readTags } from './read-tags.ts';
import { createRecordingSpool, type RecordingSpool } from './recording-spool.ts';

/** Larger recordings wait in a temporary file for their embedding: retries replay it. */
const LARGEST_IN_MEMORY = 8 << 20;
/** As much as telling a media type takes. */
const HEAD_BYTES = 4100;

interface Kept {
  readonly head: Buffer;
  readonly source: { readonly buffer: Buffer } | { readonly path: string };
  readonly length: number;
  dispose(): Promise<void>;
}

/** Into one buffer of the listed size: `counted` lets no more through. */
async function keepInMemory(chunks: AsyncIterable<Buffer>, size: number): Promise<Kept> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let length = 0;
  for await (const chunk of chunks) length += chunk.copy(buffer, length);
  return { head: buffer.subarray(0, HEAD_BYTES), source: { buffer }, length, dispose: async () => undefined };
}

async function* inOnePiece(buffer: Buffer): AsyncGenerator<Buffer> {
  yield buffer;
}

function spoolError(error: unknown): unknown {
  if (error instanceof ObjectStoreError || (error as Error).name === 'AbortError') return error;
  const { message } = error as Error;
  return new EarshotError('SPOOL_UNWRITABLE', `A recording cannot be kept in a temporary file: ${message}`, {
    cause: error,
  });
}

async function keepInFile(chunks: AsyncIterable<Buffer>, spool: RecordingSpool): Promise<Kept> {
  let folder: string | undefined;
  const dispose = async (): Promise<void> => {
    if (folder) await spool.remove(folder);
  };
  try {
    folder = await spool.make();
    const path = join(folder, 'recording');
    await using file = await open(path, 'wx+');
    await writeBlocks(file, chunks);
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const { size: length } = await file.stat();
    return { head: head.subarray(0, bytesRead), source: { path }, length, dispose };
  } catch (error) {
    await dispose();
    throw spoolError(error);
  }
}

const lengthError = (entry: Entry, came: string): ObjectStoreError =>
  new ObjectStoreError('unavailable', `${entry.key}: ${came} of ${entry.size} bytes came`);

/** Passes the bytes on, hashed; an object that ends early or late is not the one listed. */
async function* counted(body: Readable, entry: Entry, hash: Hash): AsyncGenerator<Buffer> {
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > entry.size) throw lengthError(entry, 'more');
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ObjectStoreError) throw error;
    throw new ObjectStoreError('unavailable', `${entry.key}: broke off after ${length} bytes`, error);
  }
  if (length !== entry.size) throw lengthError(entry, String(length));
}

/** Bytes of recordings that are fetched and not yet embedded, over all workers. */
export interface RecordingBudgets {
  /** Recordings up to 8 MiB. */
  readonly memory: Budget;
  /** Larger ones, in temporary files. */
  readonly spool: Budget;
}

export const createRecordingBudgets = (bytes: Readonly<Record<keyof RecordingBudgets, number>>): RecordingBudgets => ({
  memory: new Budget(bytes.memory),
  spool: new Budget(bytes.spool),
});

interface Options {
  readonly budgets: RecordingBudgets;
  /** Where temporary files go; default: the system's temporary folder. */
  readonly spoolParent?: string;
}

/**
 * Reads whole recordings from a store: hashed while they stream, small ones kept in memory, large ones in a file. A fetch
 * begins when the budget has room for the recording, and the room is held until the recording is disposed of.
 */
export function createRecordingReader(store: ObjectStore, { budgets, spoolParent }: Options): ReadRecording {
  const spool = createRecordingSpool(spoolParent);

  async function fetchAndKeep(entry: Entry, signal: AbortSignal, hash: Hash): Promise<Kept> {
    const { body } = await store.get(entry, { signal });
    const chunks = counted(body, entry, hash);
    const keeping = entry.size <= LARGEST_IN_MEMORY ? keepInMemory(chunks, entry.size) : keepInFile(chunks, spool);
    return keeping.finally(() => body.destroy());
  }

  return async (entry, signal) => {
    const budget = entry.size <= LARGEST_IN_MEMORY ? budgets.memory : budgets.spool;
    const release = await budget.acquire(entry.size, signal);
    try {
      const hash = createHash('sha256');
      const { head, source, length, dispose } = await fetchAndKeep(entry, signal, hash);
      const mediaType = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
      return {
        sha256: hash.digest('hex'),
        length,
        open: () => ('buffer' in source ? inOnePiece(source.buffer) : readBlocks(source.path)),
        mediaType,
        tags: () => readTags(source, mediaType),
        dispose: () => dispose().finally(release),
      };
    } catch (error) {
      release();
      throw error;
    }
  };
}
