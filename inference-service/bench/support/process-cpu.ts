// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** User and system time of one process and of its children that have ended, ms. */
function ownMs(pid: number): number {
  // The name of the program, in brackets, may hold spaces.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
}

const childrenOf = (pid: number): number[] =>
  globSync(`/proc/${pid}/task/*/children`).flatMap((path) => read(path).split(' ').filter(Boolean).map(Number));

/** CPU time of a process and all that it has started so far, ms; NaN where there is no /proc. */
export function treeCpuMs(pid: number): number {
  if (read('/proc/self/stat') === '') return Number.NaN;
  return childrenOf(pid).reduce((sum, child) => sum + treeCpuMs(child), ownMs(pid));
}
