// SPDX-License-Identifier: Apache-2.0
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
