// SPDX-License-Identifier: Apache-2.0
import { spawnEarshot } from '../../src/testing/spawn-earshot.ts';
import { readServiceTime, type ServiceTime } from './processor-time.ts';

interface Finished {
  readonly counts?: { readonly listed: number; readonly indexed: number };
}

export interface SyncRound {
  readonly indexed: number;
  readonly seconds: number;
  /** ms on a processor for each recording, by process. */
  readonly perRecording: ServiceTime & { readonly sync: number };
}

/** Embeds and indexes everything anew. @throws Error when a recording is missing */
export async function runSync(env: Readonly<Record<string, string>>, servicePid: number): Promise<SyncRound> {
  const before = readServiceTime(servicePid);
  const run = await spawnEarshot(['sync', 'run', '--force', '--json'], env).ended;
  const after = readServiceTime(servicePid);
  const { counts } = JSON.parse(run.stdout.trim().split('\n').at(-1) || '{}') as Finished;
  const indexed = counts?.indexed ?? 0;
  if (run.code !== 0 || indexed !== counts?.listed)
    throw new Error(`exit ${run.code}, ${indexed} of ${counts?.listed} indexed: ${run.stderr}${run.stdout}`);
  const share = (part: keyof ServiceTime): number => (after[part] - before[part]) / indexed;
  return {
    indexed,
    seconds: run.seconds,
    perRecording: {
      sync: (run.cpuSeconds * 1000) / indexed,
      service: share('service'),
      host: share('host'),
      launcher: share('launcher'),
      decoders: share('decoders'),
    },
  };
}
