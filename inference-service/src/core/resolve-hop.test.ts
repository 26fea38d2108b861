// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { resolveHop } from './resolve-hop.ts';

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
