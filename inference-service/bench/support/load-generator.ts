// SPDX-License-Identifier: Apache-2.0
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load-job.ts';

const PROGRAM = fileURLToPath(new URL('./load-main.ts', import.meta.url));

export interface LoadGenerator {
  run(job: LoadJob): Promise<LoadResult>;
  stop(): void;
}

/** Clients in a process of their own, so that they disturb neither the service nor the bench. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(PROGRAM, { serialization: 'advanced' });
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the load generator ended with status ${status}`);
  });
  ended.catch(() => undefined);
  return {
    run: async (job) => {
      child.send(job);
      const [result] = (await Promise.race([once(child, 'message'), ended])) as [LoadResult];
      return result;
    },
    stop: () => child.disconnect(),
  };
}
