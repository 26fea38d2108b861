// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { KeyBacklog } from './key-backlog.ts';

const backlog = (): KeyBacklog => new KeyBacklog({ quietMs: 10, patienceMs: 50 });

test('a key is due once it is quiet, however often it was named', () => {
  const keys = backlog();
  keys.add('a', 0);
  keys.add('b', 0);
  keys.add('a', 8);
  expect(keys.nextDueAt()).toBe(10);
  expect(keys.take(10, 100)).toEqual(['b']);
  expect(keys.take(17, 100)).toEqual([]);
  expect(keys.take(18, 100)).toEqual(['a']);
  expect([keys.size, keys.nextDueAt()]).toEqual([2, undefined]);
  keys.settle(['a', 'b']);
  expect([keys.size, keys.oldestAt()]).toEqual([0, undefined]);
});

test('a key that is never quiet is due when patience ends', () => {
  const keys = backlog();
  for (let now = 0; now < 50; now += 5) {
    keys.add('a', now);
    expect(keys.take(now, 1)).toEqual([]);
  }
  expect(keys.take(50, 1)).toEqual(['a']);
});

test('what is named while it is looked at waits anew; what is given back keeps its age', () => {
  const keys = backlog();
  keys.add('a', 0);
  keys.add('b', 0);
  expect(keys.take(10, 2)).toEqual(['a', 'b']);
  keys.add('a', 12);
  expect([...keys.keys()]).toEqual(['a', 'b']);
  keys.settle(['a']);
  keys.giveBack(['b']);
  expect(keys.oldestAt()).toBe(0);
  expect(keys.take(13, 5)).toEqual(['b']);
  expect(keys.take(22, 5)).toEqual(['a']);
});
