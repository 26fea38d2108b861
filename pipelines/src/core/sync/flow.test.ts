// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { prefetch } from './prefetch.ts';
import { runConcurrently } from './run-concurrently.ts';

async function* numbers(count: number, taken?: { n: number }): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    if (taken) taken.n++;
    yield i;
  }
}
const never = new AbortController().signal;

test('prefetch gives every value in order and never runs further ahead than its limit', async () => {
  const taken = { n: 0 };
  const seen: number[] = [];
  for await (const value of prefetch(numbers(50, taken), 5)) {
    expect(taken.n - value).toBeLessThanOrEqual(7);
    await sleep(1);
    seen.push(value);
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test('prefetch passes errors on after the values before them and can be left early', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken source');
  }
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const value of prefetch(failing(), 5)) seen.push(value);
    })(),
  ).rejects.toThrow('broken source');
  expect(seen).toEqual([1]);
  for await (const value of prefetch(numbers(1000), 5)) if (value === 3) break;
});

test('no more than the limit runs at once', async () => {
  let running = 0;
  let most = 0;
  await runConcurrently(numbers(40), { limit: 4, signal: never }, async () => {
    most = Math.max(most, ++running);
    await sleep(1);
    running--;
  });
  expect(most).toBe(4);
});

test('an abort stops the intake and waits for what has begun', async () => {
  const controller = new AbortController();
  let begun = 0;
  let ended = 0;
  await runConcurrently(numbers(40), { limit: 3, signal: controller.signal }, async (value) => {
    begun++;
    if (value === 5) controller.abort();
    await sleep(2);
    ended++;
  });
  expect(begun).toBe(ended);
  expect(begun).toBeLessThan(12);
});

test('the first error is thrown after what has begun has ended', async () => {
  let ended = 0;
  const work = async (value: number): Promise<void> => {
    await sleep(1);
    if (value === 2) throw new Error('two');
    ended++;
  };
  await expect(runConcurrently(numbers(40), { limit: 3, signal: never }, work)).rejects.toThrow('two');
  expect(ended).toBeLessThan(40);
});
