// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { planWindows, resolveHop } from './plan-windows.ts';

describe('planWindows', () => {
  test('all but a negligible rest lies in windows, none passes the end, starts rise', () => {
    const cases = fc.record({
      total: fc.integer({ min: 1, max: 5000 }),
      window: fc.integer({ min: 1, max: 500 }),
      hopShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ total, window, hopShare }) => {
        const starts = planWindows(total, window, Math.max(1, Math.floor(window * hopShare)));
        let covered = 0;
        for (const [index, start] of starts.entries()) {
          expect(start).toBeLessThanOrEqual(covered);
          if (index > 0) expect(start).toBeGreaterThan(starts[index - 1]!);
          covered = Math.min(start + window, total);
          if (total >= window) expect(start + window).toBeLessThanOrEqual(total);
        }
        expect(total - covered).toBeLessThanOrEqual(window * 0.02);
      }),
    );
  });

  test.each([
    [100, 100, 50, [0]],
    [40, 100, 50, [0]],
    [200, 100, 50, [0, 50, 100]],
    [202, 100, 50, [0, 50, 100]],
    [203, 100, 50, [0, 50, 100, 103]],
    [101, 100, 50, [0]],
  ])('%d samples in windows of %d every %d start at %j', (total, window, hop, starts) => {
    expect(planWindows(total, window, hop)).toEqual(starts);
  });
});

describe('resolveHop', () => {
  const card = tinyCard();

  test("the card's hop is the default and another one may be chosen", () => {
    expect(resolveHop(card, {})).toBe(4000);
    expect(resolveHop(card, { windowSeconds: 1, hopSeconds: 0.25 })).toBe(2000);
  });

  test.each([
    [{ windowSeconds: 2 }, /window: tiny-1 works on windows of 1 s, not 2 s/],
    [{ hopSeconds: 1.5 }, /hop: must be between/],
    [{ hopSeconds: 0.001 }, /hop: must be between/],
  ])('%j is refused', (choice, message) => {
    expect(() => resolveHop(card, choice)).toThrow(message);
  });
});
