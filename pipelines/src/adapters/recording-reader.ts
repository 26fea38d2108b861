// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { type Entry, type ObjectStore, ObjectStoreError } from '../ports/object-store.ts';
import type { ReadRecording } from '../ports/recording-reader.ts';
import { readTags } from './read-tags.ts';

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

async function keepInMemory(chunks: AsyncIterable<Buffer>): Promise<Kept> {
  const buffer = Buffer.concat(await Array.fromAsync(chunks));
  const head = buffer.subarray(0, HEAD_BYTES);
  return { head, source: { buffer }, length: buffer.length, dispose: async () => undefined };
}

async function keepInFile(chunks: AsyncIterable<Buffer>): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-sync-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'recording');
    await using file = await open(path, 'wx');
    let head = Buffer.alloc(0);
    let length = 0;
    for await (const chunk of chunks) {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      length += chunk.length;
      await file.writeFile(chunk);
    }
    return { head, source: { path }, length, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Passes the bytes on, hashed; an object that ends early or late is not the one listed. */
async function* counted(body: Readable, entry: Entry, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw new ObjectStoreError('unavailable', `${entry.key}: broke off after ${length} bytes`, error);
  }
  if (length !== entry.size)
    throw new ObjectStoreError('unavailable', `${entry.key}: ${length} of ${entry.size} bytes came`);
}

/** Reads whole recordings from a store: hashed while they stream, small ones kept in memory, large ones in a file. */
export function createRecordingReader(store: ObjectStore): ReadRecording {
  return async (entry, signal) => {
    const { body } = await store.get(entry, { signal });
    const hash = createHash('sha256');
    const keep = entry.size <= LARGEST_IN_MEMORY ? keepInMemory : keepInFile;
    const kept = await keep(counted(body, entry, hash)).finally(() => body.destroy());
    const mediaType = (await fileTypeFromBuffer(kept.head).catch(() => undefined))?.mime;
    const { source } = kept;
    return {
      sha256: hash.digest('hex'),
      length: kept.length,
      open: () => ('buffer' in source ? Readable.from([source.buffer]) : createReadStream(source.path)),
      mediaType,
      tags: () => readTags(source, mediaType),
      dispose: kept.dispose,
    };
  };
}
