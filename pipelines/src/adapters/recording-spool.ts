// SPDX-License-Identifier: Apache-2.0
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = hostname().replaceAll(/[^\w.]/g, '_');
const PREFIX = `earshot-sync-${HOST}-`;

/** Folders of this process that hold a recording now. */
const live = new Set<string>();
let isHooked = false;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In a restarted container the process has the number of its predecessor: what is not ours by name is left over. */
function isLeftOver(name: string, path: string): boolean {
  const pid = name.startsWith(PREFIX) ? /^(\d+)-\w+$/.exec(name.slice(PREFIX.length))?.[1] : undefined;
  if (pid === undefined) return false;
  return Number(pid) === process.pid ? !live.has(path) : !isAlive(Number(pid));
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Deletes what killed runs of this host left in `parent`; another user's cannot be deleted, and need not be. */
function sweep(parent: string): void {
  for (const name of tryTo(() => readdirSync(parent)) ?? []) {
    const path = join(parent, name);
    if (isLeftOver(name, path)) tryTo(() => rmSync(path, { recursive: true }));
  }
}

export interface RecordingSpool {
  /** A private folder (mode 0700) for one recording. */
  make(): Promise<string>;
  remove(folder: string): Promise<void>;
}

/** Temporary folders for large recordings. They go with the process, and those of killed runs are cleared away here. */
export function createRecordingSpool(parent = tmpdir()): RecordingSpool {
  sweep(parent);
  if (!isHooked)
    process.once('exit', () => {
      for (const folder of live) rmSync(folder, { recursive: true, force: true });
    });
  isHooked = true;
  return {
    make: async () => {
      const folder = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
      live.add(folder);
      return folder;
    },
    remove: async (folder) => {
      await rm(folder, { recursive: true, force: true });
      live.delete(folder);
    },
  };
}
