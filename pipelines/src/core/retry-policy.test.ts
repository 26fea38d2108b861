// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, parseRetryAfter, pause } from './retry-policy.ts';

const policy = { baseMs: 100, capMs: 1000 };

test('a wait never exceeds the cap nor the doubled base', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (attempt) => {
      const wait = backoffMs(attempt, policy);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(Math.min(1000, 100 * 2 ** (attempt - 1)));
    }),
  );
});

test('Retry-After is a lower bound of the wait', () => {
  expect(backoffMs(1, policy, 700)).toBeGreaterThanOrEqual(700);
});

test('Retry-After is read as seconds or as a date and is clamped', () => {
  expect(parseRetryAfter('2')).toBe(2000);
  expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).toBe(6000);
  expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 40_000)).toBe(0);
  expect(parseRetryAfter('86400')).toBe(300_000);
  expect(parseRetryAfter('soon')).toBeUndefined();
  expect(parseRetryAfter(null)).toBeUndefined();
});

test('a pause ends with the reason of the signal', async () => {
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort(new Error('stop now'));
  await expect(waiting).rejects.toThrow('stop now');
});
