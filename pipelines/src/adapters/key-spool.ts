// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EarshotError } from '../core/earshot-error.ts';

/** Keys named by events and not yet looked at, on disk: they survive the end of the process, however it comes. */
export interface KeySpool {
  /** What an earlier process left. */
  readonly left: readonly string[];
  /** Resolves when the keys are on disk. @throws EarshotError STATE_UNWRITABLE */
  append(keys: readonly string[]): Promise<void>;
  /** After keys were settled: writes the file anew, from `keys`, once most of it is no longer needed. */
  compact(keys: () => Iterable<string>, count: number): Promise<void>;
  close(): Promise<void>;
}

/** Lines that need not be there before the file is written anew. */
const SLACK = 10_000;

function readLines(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  // A line without its end was cut off by a crash before anybody was told that it is stored.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return [...new Set(whole.flatMap(readLine))];
}

/** A write that failed half-way leaves a line that is none. */
function readLine(line: string): string[] {
  try {
    const key: unknown = JSON.parse(line);
    return typeof key === 'string' ? [key] : [];
  } catch {
    return [];
  }
}

const toLines = (keys: Iterable<string>): string => {
  let text = '';
  for (const key of keys) text += `${JSON.stringify(key)}\n`;
  return text;
};

/** Makes the new name itself survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

async function writeAnew(path: string, keys: Iterable<string>): Promise<FileHandle> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  await file.writeFile(toLines(keys));
  await file.datasync();
  await rename(temporary, path);
  await syncFolder(path);
  return file;
}

class FileKeySpool implements KeySpool {
  readonly left: readonly string[];
  private readonly path: string;
  private file: FileHandle;
  private lines: number;
  private isTorn = false;
  private arriving: string[] = [];
  private last: Promise<void> = Promise.resolve();
  private group: Promise<void> | undefined;

  constructor(path: string, file: FileHandle, left: readonly string[]) {
    this.path = path;
    this.file = file;
    this.left = left;
    this.lines = left.length;
  }

  append(keys: readonly string[]): Promise<void> {
    this.arriving.push(...keys);
    // One write and one fsync for all that come while the one before is under way.
    this.group ??= this.inTurn(async () => {
      this.group = undefined;
      const now = this.arriving.splice(0);
      const text = `${this.isTorn ? '\n' : ''}${toLines(now)}`;
      this.isTorn = true;
      await this.file.appendFile(text);
      await this.file.datasync();
      this.isTorn = false;
      this.lines += now.length;
    });
    return this.group;
  }

  compact(keys: () => Iterable<string>, count: number): Promise<void> {
    if (this.lines === 0 || (count > 0 && this.lines < count + SLACK)) return Promise.resolve();
    return this.inTurn(async () => {
      const kept = [...keys()];
      const file = await writeAnew(this.path, kept);
      await this.file.close();
      this.file = file;
      this.isTorn = false;
      this.lines = kept.length;
    });
  }

  async close(): Promise<void> {
    await this.last;
    await this.file.close();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work).catch((cause: unknown) => {
      const reason = (cause as Error).message;
      throw new EarshotError('STATE_UNWRITABLE', `Events cannot be kept in ${this.path}: ${reason}`, { cause });
    });
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** Opens, or makes, the spool in this file. @throws EarshotError STATE_UNWRITABLE */
export async function openKeySpool(path: string): Promise<KeySpool> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const left = readLines(path);
    return new FileKeySpool(path, await writeAnew(path, left), left);
  } catch (cause) {
    throw new EarshotError('STATE_UNWRITABLE', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
