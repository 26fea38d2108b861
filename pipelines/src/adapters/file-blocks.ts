// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Large files go through one block of memory again and again. A new buffer for every chunk, as streams have it, waits for
 * the garbage collector, which sees the small object and not the bytes behind it.
 */
const BLOCK_BYTES = 256 << 10;

/** Writes chunks of any size as whole blocks. */
export async function writeBlocks(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let used = 0;
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + BLOCK_BYTES - used);
      block.set(part, used);
      used += part.length;
      at += part.length;
      if (used === BLOCK_BYTES) {
        await file.writeFile(block);
        used = 0;
      }
    }
  if (used > 0) await file.writeFile(block.subarray(0, used));
}

/** A file from its beginning. Each block is overwritten when the next one is asked for. */
export async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
  }
}
