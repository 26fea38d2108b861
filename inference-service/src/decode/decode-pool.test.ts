// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createDecodePool, type DecodePriority } from './decode-pool.ts';

/** Tasks that end when told to, and note the order in which they began. */
function createTasks() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => () => {
    begun.push(name);
    const { promise, resolve } = Promise.withResolvers<string>();
    ends.set(name, () => resolve(name));
    return promise;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string) => {
    await turn();
    ends.get(name)?.();
    await turn();
  };
  return { begun, task, end };
}

const options = (priority: DecodePriority, signal?: AbortSignal) =>
  signal === undefined ? { priority } : { priority, signal };

test('at most maxConcurrent tasks run, and those that wait know how long they did', async () => {
  const { begun, task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 2 });
  const results = ['a', 'b', 'c'].map((name) => pool.run(task(name), options('bulk')));
  await end('none');
  expect(begun).toEqual(['a', 'b']);
  expect(pool).toMatchObject({ running: 2, waiting: 1 });
  await end('a');
  await end('b');
  await end('c');
  expect((await results[2])?.value).toBe('c');
  expect((await results[2])?.queueMs).toBeGreaterThan(0);
  expect(pool).toMatchObject({ running: 0, waiting: 0 });
});

test('interactive tasks go before bulk tasks that came earlier', async () => {
  const { begun, task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 1 });
  for (const name of ['a', 'bulk1', 'bulk2']) void pool.run(task(name), options('bulk'));
  void pool.run(task('query'), options('interactive'));
  for (const name of ['a', 'query', 'bulk1', 'bulk2']) await end(name);
  expect(begun).toEqual(['a', 'query', 'bulk1', 'bulk2']);
});

test('an endless row of interactive tasks does not stop bulk tasks for ever', async () => {
  const { begun, task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 1 });
  void pool.run(task('first'), options('interactive'));
  void pool.run(task('bulk'), options('bulk'));
  for (let n = 0; n < 20; n++) void pool.run(task(`q${n}`), options('interactive'));
  await end('first');
  for (let n = 0; n < 20 && !begun.includes('bulk'); n++) await end(`q${n}`);
  expect(begun.indexOf('bulk')).toBeGreaterThan(1);
  expect(begun.indexOf('bulk')).toBeLessThan(12);
});

test('a task whose client left while it waited is never started', async () => {
  const { begun, task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 1 });
  const leaving = new AbortController();
  void pool.run(task('a'), options('bulk'));
  const waiting = pool.run(task('b'), options('bulk', leaving.signal));
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  expect(pool.waiting).toBe(0);
  await end('a');
  expect(begun).toEqual(['a']);
  expect(pool.running).toBe(0);
});

test('a failing task frees its slot', async () => {
  const pool = createDecodePool({ maxConcurrent: 1 });
  await expect(pool.run(() => Promise.reject(new Error('bad clip')), options('bulk'))).rejects.toThrow('bad clip');
  expect(pool.running).toBe(0);
});

test('more than maxWaiting tasks are refused as queue_full', async () => {
  const { task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 1, maxWaiting: 1 });
  for (const name of ['a', 'b']) void pool.run(task(name), options('bulk'));
  await expect(pool.run(task('c'), options('interactive'))).rejects.toMatchObject({ code: 'queue_full' });
  await end('a');
  await end('b');
});

test('a task that lends its place lets another one run, and waits for a place to go on', async () => {
  const { begun, task, end } = createTasks();
  const pool = createDecodePool({ maxConcurrent: 1, maxWaiting: 1 });
  const held = Promise.withResolvers<void>();
  const long = pool.run(async (slot) => {
    await slot.lendWhile(held.promise);
    begun.push('long again');
  }, options('bulk'));
  await end('none');
  void pool.run(task('query'), options('interactive'));
  await end('none');
  void pool.run(task('second'), options('interactive'));
  expect(begun).toEqual(['query']);
  held.resolve();
  await end('query');
  await end('second');
  await long;
  expect(begun).toEqual(['query', 'second', 'long again']);
  expect(pool).toMatchObject({ running: 0, waiting: 0 });
});

test('a task that fails while its place is lent frees nothing twice', async () => {
  const pool = createDecodePool({ maxConcurrent: 1 });
  const failing = pool.run((slot) => slot.lendWhile(Promise.reject(new Error('left'))), options('bulk'));
  await expect(failing).rejects.toThrow('left');
  expect(pool.running).toBe(0);
  expect((await pool.run(() => Promise.resolve('next'), options('bulk'))).value).toBe('next');
});
