// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SpoolDirectory {
  readonly path: string;
  /** Deletes the directory with everything in it. */
  remove(): Promise<void>;
}

export interface SpoolDirectoryOptions {
  /** Where to make it; default: memory (`/dev/shm`) where that has room, else the system's temporary directory. */
  readonly parent?: string | undefined;
  /** Room that memory must have to be chosen, bytes. Default 2 GiB. */
  readonly minFreeBytes?: number;
}

const PREFIX = 'earshot-spool-';
const MEMORY = '/dev/shm';

async function hasRoom(dir: string, minFreeBytes: number): Promise<boolean> {
  if (!existsSync(dir)) return false;
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize >= minFreeBytes;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Directories are named after the process that made them; those of processes that are gone are deleted. */
async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const pid = /^earshot-spool-(\d+)-/.exec(name)?.[1];
    // Another user's leftovers cannot be deleted, and need not be.
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true }).catch(() => {});
  }
}

/** A private directory (mode 0700) for uploads; what a killed service left behind is cleared away first. */
export async function createSpoolDirectory(options: SpoolDirectoryOptions = {}): Promise<SpoolDirectory> {
  const { minFreeBytes = 2 * 1024 ** 3 } = options;
  const parent = options.parent ?? ((await hasRoom(MEMORY, minFreeBytes)) ? MEMORY : tmpdir());
  await sweep(parent);
  const path = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
