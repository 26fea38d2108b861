// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

/** `x` fails, `.` is settled; gives how many were taken until it broke. */
function runs(outcomes: string): number | undefined {
  const breaker = new Breaker();
  for (const [i, outcome] of [...outcomes].entries())
    try {
      if (outcome === 'x') breaker.failed('embed');
      else breaker.settled();
    } catch {
      return i + 1;
    }
  return undefined;
}

test('ten failures in a row end a run, nine do not', () => {
  expect(runs('x'.repeat(12))).toBe(10);
  expect(runs(`${'x'.repeat(9)}.`)).toBeUndefined();
});

test('more than fifteen among the last hundred end a run, a steady trickle does not', () => {
  expect(runs('x..'.repeat(40))).toBe(46);
  expect(runs('x.......'.repeat(100))).toBeUndefined();
});

test('a thousand in all end a run', () => {
  expect(runs('x.......'.repeat(1001))).toBe(999 * 8 + 1);
});

test('the error names what failed', () => {
  const breaker = new Breaker();
  for (let i = 0; i < 9; i++) breaker.failed('get');
  expect(() => breaker.failed('get')).toThrow(expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', exitCode: 5 }));
});
