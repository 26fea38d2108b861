// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const BODY = 'x'.repeat(20_000);
const server = createServer((_request, response) => response.end(BODY));
let proxy: FaultProxy;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  proxy.fault = { kind: 'none' };
});

const read = async (signal?: AbortSignal): Promise<number> =>
  (await (await fetch(proxy.url, signal ? { signal } : {})).text()).length;

test('without a fault everything passes', async () => {
  expect(await read()).toBe(BODY.length);
});

test('a reset and a cut break the answer off; the next one passes', async () => {
  proxy.fault = { kind: 'reset' };
  await expect(read()).rejects.toThrow();
  proxy.fault = { kind: 'cut', afterBytes: 1000 };
  await expect(read()).rejects.toThrow();
  proxy.fault = { kind: 'none' };
  expect(await read()).toBe(BODY.length);
});

test('delay and throttle pass everything, later', async () => {
  proxy.fault = { kind: 'delay', ms: 30 };
  expect(await read()).toBe(BODY.length);
  proxy.fault = { kind: 'throttle', bytesPerSecond: 200_000 };
  expect(await read()).toBe(BODY.length);
});

test('a black hole takes connections and gives nothing', async () => {
  proxy.fault = { kind: 'black-hole' };
  const before = proxy.connections;
  await expect(read(AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
  proxy.fault = { kind: 'none' };
  expect(await read()).toBe(BODY.length);
  expect(proxy.connections).toBeGreaterThan(before);
});
