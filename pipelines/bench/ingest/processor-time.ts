// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;

/** ms on a processor so far, the kernel's time for it included. */
export interface ServiceTime {
  readonly service: number;
  readonly host: number;
  /** What starts the decoders. */
  readonly launcher: number;
  /** That have ended. */
  readonly decoders: number;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

const treeOf = (pid: number): number[] => [
  pid,
  ...globSync(`/proc/${pid}/task/*/children`)
    .flatMap((path) => read(path).split(' ').filter(Boolean).map(Number))
    .flatMap(treeOf),
];

/** Of the process itself, and of its children that have ended. */
function ticksOf(pid: number): { readonly own: number; readonly ended: number } {
  // The name of the program, in brackets, may hold spaces.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) * MS_PER_TICK, ended: (endedUser + endedSystem) * MS_PER_TICK };
}

/** Of a running inference service, by what its processes are for; all 0 where there is no /proc. */
export function readServiceTime(pid: number): ServiceTime {
  const time = { service: 0, host: 0, launcher: 0, decoders: 0 };
  for (const each of treeOf(pid)) {
    const program = read(`/proc/${each}/cmdline`);
    const { own, ended } = ticksOf(each);
    if (program.includes('host-main')) time.host += own;
    else if (program.includes('launcher-main')) {
      time.launcher += own;
      time.decoders += ended;
    } else if (program.includes('inference-service/src/main')) time.service += own;
  }
  return time;
}
