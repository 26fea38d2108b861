// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EarshotError } from '../earshot-error.ts';
import { KeyBacklog } from './key-backlog.ts';
import { type WatchOptions, type WatchTrouble, watchSource } from './watch-source.ts';

function trial(work: Partial<Pick<WatchOptions, 'reconcile' | 'syncKeys' | 'reconcileEveryMs'>>) {
  const stop = new AbortController();
  const backlog = new KeyBacklog({ quietMs: 1, patienceMs: 10 });
  const troubles: WatchTrouble[] = [];
  const looked: string[] = [];
  let reconciled = 0;
  const source = watchSource({
    backlog,
    reconcile: async () => {
      reconciled++;
      return work.reconcile?.() ?? true;
    },
    syncKeys: async (keys) => {
      await work.syncKeys?.(keys);
      looked.push(...keys);
    },
    settled: async () => undefined,
    onTrouble: (trouble) => troubles.push(trouble),
    reconcileEveryMs: work.reconcileEveryMs ?? 3_600_000,
    signal: stop.signal,
    backoff: { baseMs: 2, capMs: 4 },
  });
  const name = (key: string): void => {
    backlog.add(key, performance.now());
    source.wake();
  };
  return { source, stop, backlog, troubles, looked, name, reconciled: () => reconciled };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}

test('a whole run comes first, then the keys that are named, and the whole run again in its time', async () => {
  const { source, stop, looked, name, reconciled, backlog } = trial({ reconcileEveryMs: 30 });
  const running = source.run();
  await until(() => reconciled() === 1);
  name('a');
  name('b');
  name('a');
  await until(() => looked.length === 2 && reconciled() >= 3);
  stop.abort();
  await running;
  expect(looked.sort()).toEqual(['a', 'b']);
  expect(backlog.size).toBe(0);
});

test('keys wait while the lease is held or something does not answer, and are looked at afterwards', async () => {
  const errors = [new EarshotError('LOCK_HELD', 'held'), new EarshotError('ELASTICSEARCH_UNAVAILABLE', 'down')];
  const { source, stop, looked, name, troubles } = trial({
    syncKeys: async () => {
      const error = errors.shift();
      if (error) throw error;
    },
  });
  const running = source.run();
  name('a');
  await until(() => looked.length > 0);
  stop.abort();
  await running;
  expect(troubles.map(({ code }) => code)).toEqual(['LOCK_HELD', 'ELASTICSEARCH_UNAVAILABLE']);
});

test('what no waiting mends ends a watch that never worked, and is tried again by one that did', async () => {
  const wrong = new EarshotError('INDEX_MISSING', 'no index');
  await expect(trial({ reconcile: () => Promise.reject(wrong) }).source.run()).rejects.toBe(wrong);
  let calls = 0;
  const later = trial({
    reconcile: async () => {
      if (++calls === 2) throw wrong;
      return true;
    },
    reconcileEveryMs: 5,
  });
  const running = later.source.run();
  await until(() => calls > 2);
  later.stop.abort();
  await running;
  expect(later.troubles.map(({ code }) => code)).toEqual(['INDEX_MISSING']);
});

test('a fault of the program is not waited out', async () => {
  const { source, name } = trial({ syncKeys: () => Promise.reject(new TypeError('a bug')) });
  name('a');
  await expect(source.run()).rejects.toThrow('a bug');
});
