// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { createKeyLimiter, type KeyLimiter } from './key-limiter.ts';
import type { ApiKey, KeyLimits } from './key-ring.ts';

const UNLIMITED = { maxConcurrentRequests: 0, requestsPerMinute: 0, audioSecondsPerMinute: 0 };
const keyOf = (name: string, limits: KeyLimits = {}): ApiKey => ({ name, scopes: ['embed'], limits });
const plain = keyOf('plain');

let clock = 0;
const create = (defaults: Partial<typeof UNLIMITED>): KeyLimiter =>
  createKeyLimiter({ ...UNLIMITED, ...defaults }, () => clock);
const refusal = (limiter: KeyLimiter, key: ApiKey): unknown => {
  try {
    limiter.enter(key);
  } catch (error) {
    return error;
  }
  return undefined;
};

beforeEach(() => {
  clock = 0;
});

test('so many requests of a key run at once, and one that ends makes room', () => {
  const limiter = create({ maxConcurrentRequests: 2 });
  const leave = limiter.enter(plain);
  limiter.enter(plain);
  expect(refusal(limiter, plain)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
  leave();
  expect(refusal(limiter, plain)).toBeUndefined();
});

test('requests per minute may come at once; then the seconds to the next are told', () => {
  const limiter = create({ requestsPerMinute: 4 });
  for (let count = 0; count < 4; count++) limiter.enter(plain)();
  expect(refusal(limiter, plain)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 15 });
  clock += 15_000;
  expect(refusal(limiter, plain)).toBeUndefined();
  expect(refusal(limiter, plain)).toMatchObject({ retryAfterSeconds: 15 });
});

test('sound is charged when its length is known; a debt is waited off', () => {
  const limiter = create({ audioSecondsPerMinute: 60 });
  limiter.enter(plain)();
  limiter.charge('plain', 90);
  expect(refusal(limiter, plain)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 31 });
  clock += 31_000;
  expect(refusal(limiter, plain)).toBeUndefined();
});

test('the flood of one key does not touch another, and a key may have limits of its own or none', () => {
  const limiter = create({ requestsPerMinute: 1 });
  limiter.enter(plain);
  expect(refusal(limiter, plain)).toBeDefined();
  expect(refusal(limiter, keyOf('other'))).toBeUndefined();
  const free = keyOf('free', { requestsPerMinute: 0 });
  const wide = keyOf('wide', { requestsPerMinute: 3 });
  for (let count = 0; count < 3; count++) for (const key of [free, wide]) limiter.enter(key);
  expect(refusal(limiter, free)).toBeUndefined();
  expect(refusal(limiter, wide)).toMatchObject({ retryAfterSeconds: 20 });
});

test('new limits of a key hold at once, and its running requests still count', () => {
  const limiter = create({});
  const leave = limiter.enter(keyOf('sync', { maxConcurrentRequests: 5 }));
  const narrowed = keyOf('sync', { maxConcurrentRequests: 1 });
  expect(refusal(limiter, narrowed)).toMatchObject({ code: 'rate_limited' });
  leave();
  expect(refusal(limiter, narrowed)).toBeUndefined();
});
