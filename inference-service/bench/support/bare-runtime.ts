// SPDX-License-Identifier: Apache-2.0
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Space } from '@earshot/models/registry';

const PROGRAM = fileURLToPath(new URL('./bare-runtime-main.ts', import.meta.url));

export interface BareJob {
  readonly space: Space;
  readonly threads: number;
  readonly seconds: number;
}

export interface BareResult {
  readonly windowsPerSecond: number;
  readonly cpuMsPerWindow: number;
}

/** Throughput of a space's graph on the CPU without a service, measured in a process of its own. */
export async function measureBareRuntime(job: BareJob): Promise<BareResult> {
  const child = fork(PROGRAM, { serialization: 'advanced' });
  child.send(job);
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the baseline ended with status ${status}`);
  });
  ended.catch(() => undefined);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [BareResult];
  return result;
}
