// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Space } from '@earshot/models/registry';
import { afterEach, expect, test } from 'vitest';
import type { DeviceStatus } from '../core/engine-port.ts';
import { tinyCard } from '../testing/tiny-card.ts';
import { EngineGroup, type EngineGroupOptions } from './engine-group.ts';

/** Hosts with faults: see dying-host-main.ts for the numbers. */
const program = fileURLToPath(new URL('../testing/dying-host-main.ts', import.meta.url));
const CRASH = 666;
const BREAK = 667;
const GROW = 668;
const space: Space = { card: tinyCard(), fingerprint: '0'.repeat(12), graphPath: '/none' };
let engine: EngineGroup;

const create = (eps: readonly string[], options: Partial<EngineGroupOptions> = {}): void => {
  engine = new EngineGroup({
    spaces: new Map([[space.card.id, space]]),
    plan: { devices: eps.map((ep) => ({ name: ep, eps: ep.split('>'), deviceId: 0 })), onceCudaWorks: [] },
    threads: 1,
    maxBatchWindows: { cpu: 2 },
    batchTimeoutMs: 10_000,
    loadTimeoutMs: 10_000,
    canaryMs: 0,
    maxRssBytes: 0,
    program,
    log: () => undefined,
    ...options,
  });
  engine.start();
};
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await sleep(10);
};
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const device = (index = 0): DeviceStatus => engine.status().devices[index]!;
const run = async (value: number): Promise<number[]> => [
  ...(await engine.run(space, Float32Array.of(value), 1)).vectors,
];

afterEach(() => engine.stop());

test('a batch under which two hosts died is given back as not_ready; those behind it are served', async () => {
  create(['cpu']);
  const deadly = run(CRASH);
  const harmless = [run(5), run(6), run(7)];
  await expect(deadly).rejects.toMatchObject({ code: 'not_ready', retryAfterSeconds: 2 });
  expect(await Promise.all(harmless)).toEqual([[5], [6], [7]]);
  expect(engine.status().restarts).toBe(2);
});

test('a provider that kills the host while loading is left out, with the reason', async () => {
  create(['cuda>cpu']);
  expect(engine.status()).toMatchObject({ isReady: false, problems: ['the inference host is starting'] });
  await until(() => engine.status().isUp);
  expect(engine.status()).toMatchObject({ isReady: true, ep: 'cpu', restarts: 1 });
  expect(engine.status().tried).toEqual([{ ep: 'cuda', reason: 'the host ended while loading (SIGSEGV)' }]);
});

test('a device that does not come up leaves the work to the others and is named', async () => {
  create(['cuda', 'cpu']);
  expect(await run(5)).toEqual([5]);
  expect(engine.status()).toMatchObject({ isReady: true, ep: 'cpu', maxBatchesInFlight: 2 });
  await until(() => device(0).restarts > 0);
  expect(device(0)).toMatchObject({ name: 'cuda:0', ep: null });
  expect(device(0).problem).toContain('the inference host ended (SIGSEGV)');
  expect(device(1)).toMatchObject({ name: 'cpu', ep: 'cpu', problem: null });
});

test('further GPUs get a host only when the first has shown that CUDA works', async () => {
  const onceCudaWorks = [{ name: 'cuda:1', eps: ['cuda'], deviceId: 1 }];
  const devices = [{ name: 'auto', eps: ['cuda', 'cpu'], deviceId: 0 }];
  create([], { plan: { devices, onceCudaWorks } });
  await until(() => engine.status().isUp);
  expect(engine.status().devices.map(({ name }) => name)).toEqual(['cpu']);
});

test('two hosts share the batches; those of a host that is killed are done by the other', async () => {
  create(['cpu', 'cpu']);
  await until(() => engine.status().maxBatchesInFlight === 4);
  process.kill(device(0).pid!, 'SIGSTOP');
  const answers = [1, 2, 3, 4, 5, 6].map(run);
  // The one that still runs has done all but the two batches that lie with the stopped one.
  await Promise.all(answers.slice(1, 2).concat(answers.slice(3)));
  process.kill(device(0).pid!, 'SIGKILL');
  expect(await Promise.all(answers)).toEqual([[1], [2], [3], [4], [5], [6]]);
  expect(engine.status().devices.map(({ restarts }) => restarts)).toEqual([1, 0]);
});

test('the time limit of a batch counts from when it is run, not from when it lies in the host', async () => {
  create(['cpu'], { batchTimeoutMs: 3000 });
  await until(() => engine.status().isUp);
  const pid = device().pid!;
  process.kill(pid, 'SIGSTOP');
  const [first, second] = [run(1), run(2)];
  await sleep(1800);
  process.kill(pid, 'SIGCONT');
  await first;
  process.kill(pid, 'SIGSTOP');
  await sleep(1800);
  process.kill(pid, 'SIGCONT');
  expect(await second).toEqual([2]);
  expect(device()).toMatchObject({ pid, restarts: 0 });
});

test('a host whose memory grows is replaced by a new one, and no batch is lost', async () => {
  create(['cpu'], { maxRssBytes: 200 * 1024 * 1024 });
  await until(() => device().rssBytes !== null);
  const { pid } = device();
  const answers = [1, 2, GROW, 3, 4].map(run);
  await until(() => {
    answers.push(run(1));
    return device().replacements === 1;
  });
  expect(await Promise.all(answers)).toHaveLength(answers.length);
  expect(device()).toMatchObject({ restarts: 0, problem: null });
  expect(device().pid).not.toBe(pid);
  await until(() => !isAlive(pid!));
});

test('a device that fails every batch misses its canary: not ready with the reason, then a new host', async () => {
  create(['cpu']);
  const seen: string[] = [];
  await expect(run(BREAK)).rejects.toMatchObject({ code: 'internal_error' });
  await until(() => {
    seen.push(...engine.status().problems);
    return device().restarts === 1 && engine.status().isReady;
  });
  expect(seen.join()).toContain('(the canary of tiny-1 failed: the device is lost) and is being restarted');
  expect(await run(5)).toEqual([5]);
});

test('a host that hangs while nobody asks for anything is found by the canary', async () => {
  create(['cpu'], { canaryMs: 50, batchTimeoutMs: 300 });
  await until(() => engine.status().isUp);
  process.kill(device().pid!, 'SIGSTOP');
  await until(() => device().restarts === 1);
  expect(engine.status().problems.join()).toContain('the canary of tiny-1 took longer than 300 ms');
  await until(() => engine.status().isReady);
});

test('stopping fails what waits and ends the hosts', async () => {
  create(['cpu', 'cpu']);
  await until(() => engine.status().maxBatchesInFlight === 4);
  const pids = engine.status().devices.map(({ pid }) => pid!);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const lost = expect(run(5)).rejects.toMatchObject({ code: 'not_ready' });
  await engine.stop();
  await lost;
  await expect(run(5)).rejects.toMatchObject({ code: 'not_ready' });
  expect(pids.some(isAlive)).toBe(false);
});
