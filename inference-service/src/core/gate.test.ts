// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Gate, type Visit } from './gate.ts';

const signal = new AbortController().signal;

/** A gate for one at a time, through which one has gone in a second, and the next is inside. */
async function busyGate() {
  let clock = 0;
  const gate = new Gate({
    what: 'recordings',
    capacity: 1,
    reserved: 0,
    maxWaiting: () => 100,
    holdMs: 1000,
    maxHeld: 10,
    now: () => clock,
  });
  await gate.enter({ priority: 'interactive', signal }, async () => {
    clock = 1000;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const enter = (visit: Partial<Visit>): Promise<void> =>
    gate.enter({ priority: 'interactive', signal, ...visit }, () => promise);
  const inside = enter({});
  return { enter, inside, release: resolve, deadlineIn: (ms: number) => ({ deadlineAt: clock + ms }) };
}

test('whoever could hardly be served by the deadline is turned away at once, with the seconds to wait', async () => {
  const { enter, inside, release, deadlineIn } = await busyGate();
  await expect(enter(deadlineIn(1000))).rejects.toMatchObject({ code: 'queue_full', retryAfterSeconds: 1 });
  const patient = enter(deadlineIn(10_000));
  release();
  await Promise.all([inside, patient]);
});

test('bulk work in line does not make a query late', async () => {
  const { enter, inside, release, deadlineIn } = await busyGate();
  const bulk = Array.from({ length: 20 }, () => enter({ priority: 'bulk' }));
  const query = enter(deadlineIn(3000));
  release();
  await Promise.all([inside, query, ...bulk]);
});
