// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const SECONDS_PER_TICK = 0.01;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** User and system time of a process, its children that have ended and all that run now, seconds; NaN without /proc. */
export function treeCpuSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === '') return read('/proc/self/stat') === '' ? Number.NaN : 0;
  // The name of the program, in brackets, may hold spaces.
  const own = stat.split(') ').at(-1)?.split(' ').slice(11, 15) ?? [];
  const children = globSync(`/proc/${pid}/task/*/children`).flatMap((path) => read(path).split(' ').filter(Boolean));
  const ownSeconds = own.reduce((sum, ticks) => sum + Number(ticks), 0) * SECONDS_PER_TICK;
  return children.reduce((sum, child) => sum + treeCpuSeconds(Number(child)), ownSeconds);
}
