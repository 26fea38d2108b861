// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { guardDeletes } from './delete-guard.ts';
import type { ListEnd } from './merge-join.ts';

const end = (over: Partial<ListEnd> = {}): ListEnd => ({
  type: 'end',
  complete: true,
  sorted: true,
  pages: 1,
  count: 100,
  ...over,
});
const settings = { maxDelete: 100, force: false };
const verdict = (stored: number, gone: number, over: Partial<ListEnd> = {}, force = false): string =>
  guardDeletes({ end: end(over), stored, gone }, { ...settings, force }).verdict;

test('a few missing objects of a complete listing may go', () => {
  expect(verdict(100, 5)).toBe('allowed');
  expect(verdict(3, 2)).toBe('allowed');
  expect(verdict(5000, 500)).toBe('allowed');
});

test('an incomplete or unsorted listing deletes nothing, not even by force', () => {
  expect(verdict(100, 1, { complete: false }, true)).toBe('postponed');
  expect(verdict(100, 1, { sorted: false }, true)).toBe('postponed');
});

test('an empty source is refused, even by force', () => {
  expect(verdict(1, 1, { count: 0 }, true)).toBe('refused');
});

test('too many, by number or by share, are refused unless forced', () => {
  expect(verdict(900, 101)).toBe('refused');
  expect(verdict(10, 5)).toBe('refused');
  expect(verdict(900, 101, {}, true)).toBe('allowed');
});

test('nothing gone is always allowed', () => {
  expect(verdict(0, 0, { complete: false })).toBe('allowed');
});
