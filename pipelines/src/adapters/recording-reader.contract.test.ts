// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTempDir } from '@earshot/e2e/support';
import { describe, expect, test } from 'vitest';
import { runConcurrently } from '../core/sync/run-concurrently.ts';
import type { Entry, ObjectStore } from '../ports/object-store.ts';
import { createRecordingBudgets, createRecordingReader } from './recording-reader.ts';

const MB = 1e6;
const never = new AbortController().signal;
/** Of a length that no block is a multiple of: what lies in the wrong place shows. */
const CHUNK = randomBytes(65_003);

function* bytesOf(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}

/** A store whose bodies are made while they are read; `surplus` bytes come that were not listed. */
function generatedStore(surplus = 0): Pick<ObjectStore, 'get'> & { opened: number } {
  const store = {
    opened: 0,
    get: async ({ size }: Entry) => {
      store.opened++;
      return { body: Readable.from(bytesOf(size + surplus), { objectMode: false }) };
    },
  };
  return store;
}

async function* entries(count: number, size: number): AsyncGenerator<Entry> {
  for (let i = 0; i < count; i++) yield { key: `${i}.wav`, size };
}

/** Files come and go while they are counted. */
function bytesIn(folder: string): number {
  const paths = readdirSync(folder).map((name) => join(folder, name, 'recording'));
  return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

const readerOf = (store: Pick<ObjectStore, 'get'>, spoolParent = makeTempDir('spool')) => {
  const budgets = createRecordingBudgets({ memory: 6 * MB, spool: 60 * MB });
  const read = createRecordingReader(store as ObjectStore, { budgets, spoolParent });
  return { read, budgets, spoolParent };
};

describe('recordings under way take no more room than they are given', () => {
  test.each([
    { count: 24, size: 20 * MB, kept: 'files' as const },
    { count: 60, size: 2 * MB, kept: 'memory' as const },
  ])('$count of $size bytes, in $kept', async ({ count, size, kept }) => {
    const { read, budgets, spoolParent } = readerOf(generatedStore());
    const used = kept === 'files' ? budgets.spool : budgets.memory;
    let mostOnDisk = 0;
    await runConcurrently(entries(count, size), { limit: 16, signal: never }, async (entry) => {
      const recording = await read(entry, never);
      mostOnDisk = Math.max(mostOnDisk, bytesIn(spoolParent));
      expect(used.inUse).toBeLessThanOrEqual(used.limit);
      await sleep(2);
      await recording.dispose();
    });
    expect(used.peak).toBe(3 * size);
    expect(used.inUse).toBe(0);
    if (kept === 'files') expect(mostOnDisk).toBeGreaterThan(size);
    expect(mostOnDisk).toBeLessThanOrEqual(kept === 'files' ? used.limit : 0);
    expect(readdirSync(spoolParent)).toEqual([]);
  });

  test('one that is larger than the whole budget passes alone', async () => {
    const { read, budgets } = readerOf(generatedStore());
    const recording = await read({ key: 'long.wav', size: 70 * MB }, never);
    expect(budgets.spool.inUse).toBe(60 * MB);
    await recording.dispose();
    expect(budgets.spool.inUse).toBe(0);
  });
});

test.each([3 * MB, 12 * MB])(
  'a recording of %i bytes can be read again and again, and has its own hash',
  async (size) => {
    const { read } = readerOf(generatedStore());
    const recording = await read({ key: 'a.wav', size }, never);
    const whole = Buffer.concat([...bytesOf(size)]);
    expect(recording.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
    for (let i = 0; i < 2; i++) {
      const copies: Buffer[] = [];
      for await (const chunk of recording.open()) copies.push(Buffer.from(chunk));
      expect(Buffer.concat(copies).equals(whole)).toBe(true);
    }
    await recording.dispose();
  },
);

test.each([3 * MB, 12 * MB])(
  'an object of %i bytes that goes on behind its listed size is cut there, and leaves nothing behind',
  async (size) => {
    const { read, budgets, spoolParent } = readerOf(generatedStore(1000 * MB));
    await expect(read({ key: 'a.wav', size }, never)).rejects.toMatchObject({ trouble: 'unavailable' });
    expect([budgets.memory.inUse, budgets.spool.inUse]).toEqual([0, 0]);
    expect(readdirSync(spoolParent)).toEqual([]);
  },
);

test('a wait for room ends with the signal, and nothing was fetched for it', async () => {
  const store = generatedStore();
  const { read } = readerOf(store);
  const first = await read({ key: 'a.wav', size: 5 * MB }, never);
  const controller = new AbortController();
  const second = read({ key: 'b.wav', size: 5 * MB }, controller.signal);
  controller.abort(new Error('interrupted'));
  await expect(second).rejects.toThrow('interrupted');
  expect(store.opened).toBe(1);
  await first.dispose();
});

test('without room on the disk the run stops with a code of its own', async () => {
  const { read } = readerOf(generatedStore(), join(makeTempDir('spool'), 'missing'));
  await expect(read({ key: 'a.wav', size: 12 * MB }, never)).rejects.toMatchObject({ code: 'SPOOL_UNWRITABLE' });
});

test('folders of killed runs of this host are cleared away, those of running ones are not', () => {
  const parent = makeTempDir('spool');
  const host = hostname().replaceAll(/[^\w.]/g, '_');
  const folder = (owner: string): string => join(parent, `earshot-sync-${owner}-abc123`);
  const [dead, ours, running, foreign] = [
    `${host}-4194304`,
    `${host}-${process.pid}`,
    `${host}-${process.ppid}`,
    'elsewhere-4194304',
  ].map(folder);
  for (const path of [dead, ours, running, foreign]) mkdirSync(path!);
  readerOf(generatedStore(), parent);
  expect([dead, ours, running, foreign].map((path) => existsSync(path!))).toEqual([false, false, true, true]);
});
