// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { LoadJob } from './load-job.ts';
import { runLoad } from './run-load.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

async function serve(answer: Answer): Promise<Omit<LoadJob, 'plan'>> {
  const server = createServer((request, response) => {
    void buffer(request).then((body) => answer(request, response, body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, path: '/', headers: {}, bodies: [new Uint8Array(8)], stamp: { offset: 4, as: 'pcm16' } };
}

test('clients send as many requests as planned, no two alike', async () => {
  const bodies: string[] = [];
  const job = await serve((_request, response, body) => {
    bodies.push(body.toString('hex'));
    response.end('{}');
  });
  const result = await runLoad({ ...job, plan: { kind: 'closed', clients: 3, until: { requests: 20 } } });
  expect(result.answers).toEqual({ 200: 20 });
  expect(result.latenciesMs).toHaveLength(20);
  expect(new Set(bodies).size).toBe(20);
});

test('a refused client waits as told and is then counted once, a hasty one goes away', async () => {
  let isRefusing = true;
  const job = await serve((request, response) => {
    expect(Number(request.headers['x-request-timeout-ms'])).toBeGreaterThan(0);
    if (isRefusing) response.writeHead(429, { 'retry-after': '1' });
    isRefusing = false;
    response.end('{}');
  });
  const plan = { kind: 'open', arrivalsPerSecond: 20, seconds: 0.2, deadlineMs: 5000 } as const;
  const patient = await runLoad({ ...job, plan: { ...plan, retry: 'as-told' } });
  expect(patient.answers['429']).toBe(1);
  expect(patient.withRetryAfter).toBe(1);
  isRefusing = true;
  const hasty = await runLoad({ ...job, plan: { ...plan, retry: 'never' } });
  expect(hasty.answers['200']).toBe((patient.answers['200'] ?? 0) - 1);
});

test('a client without deadline waits as told, and that is part of its time', async () => {
  let refusals = 1;
  const job = await serve((_request, response) => {
    if (refusals-- > 0) response.writeHead(429, { 'retry-after': '1' });
    response.end('{}');
  });
  const result = await runLoad({ ...job, plan: { kind: 'closed', clients: 1, until: { requests: 1 } } });
  expect(result.answers).toEqual({ 200: 1, 429: 1 });
  expect(result.latenciesMs[0]).toBeGreaterThan(950);
});

test('broken connections are counted by their kind', async () => {
  const job = await serve((_request, response) => response.destroy());
  const result = await runLoad({ ...job, plan: { kind: 'closed', clients: 1, until: { requests: 2 } } });
  expect(Object.keys(result.answers)).toEqual([expect.stringMatching(/^error /)]);
});
