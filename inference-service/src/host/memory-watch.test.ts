// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createMemoryWatch } from './memory-watch.ts';

const MIB = 1024 * 1024;

test('without a limit a host may have twice what it has after loading, and 512 MiB', () => {
  const watch = createMemoryWatch(undefined);
  expect([300, 1112, 1113].map((mib) => watch.judge(mib * MIB))).toEqual(['fine', 'fine', 'high']);
});

test('a further space raises a limit that follows from what is loaded, and no other', () => {
  const [computed, given] = [createMemoryWatch(undefined), createMemoryWatch(500 * MIB)];
  for (const watch of [computed, given]) {
    expect(watch.judge(100 * MIB)).toBe('fine');
    watch.reset();
  }
  expect([400, 900].map((mib) => computed.judge(mib * MIB))).toEqual(['fine', 'fine']);
  expect([400, 900].map((mib) => given.judge(mib * MIB))).toEqual(['fine', 'high']);
});

test('a limit below what loading takes is given up, and 0 is none', () => {
  const [tight, none] = [createMemoryWatch(100 * MIB), createMemoryWatch(0)];
  expect([200, 900].map((mib) => tight.judge(mib * MIB))).toEqual(['hopeless', 'fine']);
  expect([200, 9000].map((mib) => none.judge(mib * MIB))).toEqual(['fine', 'fine']);
});
