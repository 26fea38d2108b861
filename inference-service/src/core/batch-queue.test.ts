// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchQueue, type BatchQueueOptions, type WindowJob } from './batch-queue.ts';
import type { Priority } from './priority-lane.ts';

const DIMS = 2;
const WINDOW = 4;

/** An engine that says of each window what it was given, one batch at a time when `release` is called. */
function createEngine() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  let isHeld = false;
  const run: BatchQueueOptions['run'] = async (windows, count) => {
    const firsts = Array.from({ length: count }, (_, row) => windows[row * WINDOW] ?? 0);
    batches.push(firsts);
    if (isHeld) await new Promise<void>((resolve) => gates.push(resolve));
    const vectors = Float32Array.from(firsts.flatMap((first) => [first, first === 666 ? Number.NaN : -first]));
    return { vectors, inferMs: 1 };
  };
  return { batches, run, hold: () => (isHeld = true), release: () => gates.shift()?.() };
}

const createQueue = (engine: { run: BatchQueueOptions['run'] }, overrides: Partial<BatchQueueOptions> = {}) =>
  new BatchQueue({
    space: 'tiny-1',
    dims: DIMS,
    windowSamples: WINDOW,
    maxQueueWindows: 100,
    maxBatchWindows: () => 2,
    maxBatchesInFlight: () => 1,
    holdMs: 0,
    run: engine.run,
    ...overrides,
  });

const jobOf = (values: readonly number[], priority: Priority = 'interactive', signal?: AbortSignal): WindowJob => ({
  count: values.length,
  priority,
  signal: signal ?? new AbortController().signal,
  copyWindow: (index, into, at) => void into.fill(values[index] ?? 0, at, at + WINDOW),
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('each job gets the vectors of its own windows in order, however they were batched', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5 }), async (counts, batch) => {
      const engine = createEngine();
      const queue = createQueue(engine, { maxBatchWindows: () => batch });
      const jobs = counts.map((count, job) => Array.from({ length: count }, (_, index) => job * 100 + index));
      const outputs = await Promise.all(jobs.map((values) => queue.submit(jobOf(values))));
      expect(outputs.map((output) => output.vectors.map((vector) => vector[0]))).toEqual(jobs);
      expect(engine.batches.every((firsts) => firsts.length <= batch)).toBe(true);
      expect(queue.queuedWindows).toBe(0);
    }),
  );
});

test('interactive work overtakes waiting bulk work', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine);
  const all = [queue.submit(jobOf([1, 2, 3, 4], 'bulk')), queue.submit(jobOf([9], 'interactive'))];
  await turn();
  for (let round = 0; round < 3; round++) {
    engine.release();
    await turn();
  }
  engine.release();
  await Promise.all(all);
  expect(engine.batches).toEqual([[1, 2], [9, 3], [4]]);
});

test('bulk work that has waited long enough goes first', async () => {
  let clock = 0;
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { now: () => clock, maxBatchWindows: () => 1 });
  const all = [queue.submit(jobOf([1])), queue.submit(jobOf([2], 'bulk')), queue.submit(jobOf([3]))];
  await turn();
  clock = 20_000;
  for (let round = 0; round < 3; round++) {
    engine.release();
    await turn();
  }
  await Promise.all(all);
  expect(engine.batches).toEqual([[1], [2], [3]]);
});

test('room is counted in windows: what does not fit is refused with the seconds to wait', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { maxQueueWindows: 5 });
  const first = queue.submit(jobOf([1, 2, 3, 4]));
  await expect(queue.submit(jobOf([5, 6]))).rejects.toMatchObject({ code: 'queue_full', retryAfterSeconds: 1 });
  await expect(queue.submit(jobOf([1, 2, 3, 4, 5, 6]))).rejects.toMatchObject({ code: 'audio_too_long' });
  engine.release();
  await turn();
  engine.release();
  await first;
});

test('what finds the queue full is held for a while, and let in when there is room', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { maxQueueWindows: 2, holdMs: 10_000 });
  const first = queue.submit(jobOf([1, 2]));
  const held = queue.submit(jobOf([3]));
  expect(queue.queuedWindows).toBe(2);
  await turn();
  for (let round = 0; round < 2; round++) {
    engine.release();
    await turn();
  }
  await first;
  expect((await held).vectors[0]?.[0]).toBe(3);
});

test('the rest of a recording waits for room instead of being refused', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { maxQueueWindows: 2 });
  const first = queue.submit(jobOf([1, 2]));
  const rest = queue.submit({ ...jobOf([3, 4]), isContinuation: true });
  await turn();
  for (let round = 0; round < 2; round++) {
    engine.release();
    await turn();
  }
  await first;
  expect((await rest).vectors.map((vector) => vector[0])).toEqual([3, 4]);
});

test('bulk work leaves a quarter of the queue to queries', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { maxQueueWindows: 4 });
  const bulk = queue.submit(jobOf([1, 2, 3], 'bulk'));
  await expect(queue.submit(jobOf([4], 'bulk'))).rejects.toMatchObject({ code: 'queue_full' });
  const query = queue.submit(jobOf([5]));
  await turn();
  for (let round = 0; round < 3; round++) {
    engine.release();
    await turn();
  }
  await Promise.all([bulk, query]);
});

test('as many batches are in flight as the engine has use for, and each job still gets its own vectors', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine, { maxBatchesInFlight: () => 2 });
  const jobs = [queue.submit(jobOf([1, 2, 3, 4, 5])), queue.submit(jobOf([6]))];
  await turn();
  expect(engine.batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
  for (let round = 0; round < 3; round++) {
    engine.release();
    await turn();
  }
  const outputs = await Promise.all(jobs);
  expect(outputs.map((output) => output.vectors.map((vector) => vector[0]))).toEqual([[1, 2, 3, 4, 5], [6]]);
});

test('a job whose client has left is dropped before its next batch and frees its room', async () => {
  const engine = createEngine();
  engine.hold();
  const queue = createQueue(engine);
  const leaving = new AbortController();
  const dropped = queue.submit(jobOf([1, 2, 3, 4], 'interactive', leaving.signal));
  const kept = queue.submit(jobOf([7]));
  await turn();
  leaving.abort(new Error('gone'));
  await expect(dropped).rejects.toThrow('gone');
  expect(queue.queuedWindows).toBe(1);
  engine.release();
  await turn();
  engine.release();
  expect((await kept).vectors[0]?.[0]).toBe(7);
  expect(engine.batches).toEqual([[1, 2], [7]]);
});

test('a recording that gives no finite vector fails alone, its batch mate is served', async () => {
  const queue = createQueue(createEngine());
  const bad = queue.submit(jobOf([666]));
  const blocked = queue.submit(jobOf([666]));
  const good = queue.submit(jobOf([5]));
  await expect(bad).rejects.toMatchObject({ code: 'undecodable_audio' });
  await expect(blocked).rejects.toMatchObject({ code: 'undecodable_audio' });
  expect((await good).vectors[0]?.[1]).toBe(-5);
});

test('a failing batch fails the jobs in it and the queue goes on', async () => {
  let calls = 0;
  const queue = createQueue({
    run: (windows, count) => {
      calls += 1;
      if (calls === 1) return Promise.reject(new Error('host died'));
      return createEngine().run(windows, count);
    },
  });
  await expect(queue.submit(jobOf([1, 2, 3]))).rejects.toThrow('host died');
  expect((await queue.submit(jobOf([4]))).vectors).toHaveLength(1);
});
