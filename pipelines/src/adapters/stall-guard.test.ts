// SPDX-License-Identifier: Apache-2.0
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withStallGuard } from './stall-guard.ts';

test('bytes pass unchanged', async () => {
  const chunks = [Buffer.from('abc'), Buffer.alloc(100_000, 1)];
  expect(await buffer(withStallGuard(Readable.from(chunks), 1000))).toEqual(Buffer.concat(chunks));
});

test('a body that stalls or drips ends with an error that says how little came', async () => {
  const stalled = new PassThrough();
  stalled.write('begin');
  await expect(buffer(withStallGuard(stalled, 20))).rejects.toThrow(/5 bytes came in 20 ms|0 bytes/);
  const dripping = new PassThrough();
  const drip = setInterval(() => dripping.write('x'), 5);
  await expect(buffer(withStallGuard(dripping, 50))).rejects.toThrow(/bytes came in 50 ms/);
  clearInterval(drip);
});

test('a body that is closed before its end is an error', async () => {
  const closed = new PassThrough();
  closed.write('begin');
  setTimeout(() => closed.destroy(), 5);
  await expect(buffer(withStallGuard(closed, 10_000))).rejects.toThrow(/[Pp]remature/);
});

test('a slow reader is not held against the sender', async () => {
  const body = withStallGuard(Readable.from(Array.from({ length: 8 }, () => Buffer.alloc(60_000))), 10);
  await sleep(60);
  expect((await buffer(body)).length).toBe(480_000);
});

test('a reader that goes away closes the body', async () => {
  const body = new PassThrough();
  const watched = withStallGuard(body, 1000);
  watched.destroy();
  await sleep(5);
  expect(body.destroyed).toBe(true);
});
