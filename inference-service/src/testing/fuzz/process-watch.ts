// SPDX-License-Identifier: Apache-2.0
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Why processes cannot be looked at here; empty where they can. */
export const noProc = process.platform === 'linux' ? '' : 'needs /proc';

/** Memory of a process, MB; NaN when it is gone. */
export const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1024;

export const openDescriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Decoders that a process has started and that still run. */
export const decodersOf = (pid: number): number[] =>
  globSync(`/proc/${pid}/task/*/children`)
    .flatMap((path) => read(path).split(' ').filter(Boolean).map(Number))
    .filter((child) => read(`/proc/${child}/cmdline`).includes('ffmpeg'));

/** Uploads that a service holds. */
export const spooledFiles = (pid: number): string[] =>
  ['/dev/shm', tmpdir()].flatMap((dir) => {
    const own = readdirSync(dir).filter((name) => name.startsWith(`earshot-spool-${pid}-`));
    return own.flatMap((name) => readdirSync(join(dir, name)));
  });
