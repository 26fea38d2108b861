// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Spool } from '../ports/spool.ts';

const BLOCK_BYTES = 64 << 10;

/** The file has no name any more once it is open, so that nothing stays behind however the process ends. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `earshot-${randomUUID()}.ndjson`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
}

/**
 * Not `node:readline`, which also breaks lines at U+2028, which keys may hold; and not a stream, which closes the file
 * when its reader leaves early.
 */
async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  const buffer = Buffer.alloc(BLOCK_BYTES);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

class FileSpool<T> implements Spool<T> {
  count = 0;
  private file: FileHandle | undefined;
  private waiting: string[] = [];
  private waitingBytes = 0;

  async add(value: T): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    this.count++;
    this.waiting.push(line);
    this.waitingBytes += line.length;
    if (this.waitingBytes >= BLOCK_BYTES) await this.flush();
  }

  async *read(): AsyncGenerator<T> {
    if (this.file) {
      await this.flush();
      for await (const line of linesOf(this.file)) yield JSON.parse(line) as T;
    } else for (const line of this.waiting) yield JSON.parse(line) as T;
  }

  async dispose(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    this.waiting = [];
  }

  private async flush(): Promise<void> {
    const block = this.waiting.join('');
    this.waiting = [];
    this.waitingBytes = 0;
    this.file ??= await openNameless();
    await this.file.appendFile(block);
  }
}

/** NDJSON in the folder for temporary files; a short list stays in memory. */
export const createFileSpool = <T>(): Spool<T> => new FileSpool<T>();
