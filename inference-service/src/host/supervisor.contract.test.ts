// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Space } from '@earshot/models/registry';
import { afterEach, expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { Supervisor } from './supervisor.ts';

const program = fileURLToPath(new URL('../testing/dying-host-main.ts', import.meta.url));
const space: Space = { card: tinyCard(), fingerprint: '0'.repeat(12), graphPath: '/none' };
let supervisor: Supervisor;

const create = (eps: readonly string[]): void => {
  supervisor = new Supervisor({
    spaces: [space],
    eps,
    threads: 1,
    maxBatchWindows: { cpu: 2 },
    batchTimeoutMs: 10_000,
    loadTimeoutMs: 10_000,
    program,
    log: () => undefined,
  });
  supervisor.start();
};
const waitUntilUp = async (): Promise<void> => {
  while (!supervisor.status().isUp) await sleep(20);
};

afterEach(() => supervisor.stop());

test('a batch under which two hosts died is given back as not_ready; those behind it are served', async () => {
  create(['cpu']);
  const deadly = supervisor.run(space, Float32Array.of(666), 1);
  const harmless = supervisor.run(space, Float32Array.of(5), 1);
  await expect(deadly).rejects.toMatchObject({ code: 'not_ready', retryAfterSeconds: 2 });
  expect([...(await harmless).vectors]).toEqual([5]);
  expect(supervisor.status().restarts).toBe(2);
});

test('a provider that kills the host while loading is left out, with the reason', async () => {
  create(['cuda', 'cpu']);
  expect(supervisor.status()).toMatchObject({ isReady: false, problems: ['the inference host is starting'] });
  await waitUntilUp();
  expect(supervisor.status()).toMatchObject({ isReady: true, ep: 'cpu', restarts: 1 });
  expect(supervisor.status().tried).toEqual([{ ep: 'cuda', reason: 'the host ended while loading (SIGSEGV)' }]);
});

test('stopping fails what waits and ends the host', async () => {
  create(['cpu']);
  await waitUntilUp();
  const pid = supervisor.status().hostPid ?? 0;
  await supervisor.stop();
  await expect(supervisor.run(space, Float32Array.of(5), 1)).rejects.toMatchObject({ code: 'not_ready' });
  expect(() => process.kill(pid, 0)).toThrow();
});
