// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes } from './byte-order.ts';

test('order is that of UTF-8 bytes where UTF-16 units would order otherwise', () => {
  const wide = '\uFF5E';
  const note = '\u{1F3B5}';
  expect([note, wide].sort(compareBytes)).toEqual([wide, note]);
  expect([note, wide].sort()).toEqual([note, wide]);
});

test('a prefix comes first', () => {
  expect(['a/b', 'a', 'a-1'].sort(compareBytes)).toEqual(['a', 'a-1', 'a/b']);
});

test('any two well-formed strings compare as their UTF-8 bytes do', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('a', '/', '\uD7FF', '\uE000', '\uFF5E', '\u{1F3B5}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 200 },
  );
});
