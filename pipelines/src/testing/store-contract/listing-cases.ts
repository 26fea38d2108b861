// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import type { ListEvent } from '../../ports/object-store.ts';
import { inBatches, listAll, type StoreCase, theEntry } from './store-case.ts';

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `k${String(i).padStart(5, '0')}.wav`);

const HUGE = 6 * 2 ** 30 + 5;

export const LISTING_CASES: readonly StoreCase[] = [
  {
    id: 'empty',
    title: 'an empty store ends complete with no entries',
    run: async ({ store }) => {
      expect(await listAll(store)).toMatchObject({ entries: [], end: { complete: true, sorted: true, count: 0 } });
    },
  },
  {
    id: 'metadata',
    title: 'an entry says size, ETag and time, and head says the same',
    run: async ({ store, put }) => {
      await put('one.wav', 'twelve bytes');
      const entry = await theEntry(store);
      expect(entry).toMatchObject({ key: 'one.wav', size: 12, etag: expect.stringMatching(/^[^"]+$/) });
      expect(Date.parse(entry.modified ?? '')).toBeGreaterThan(Date.now() - 3_600_000);
      const { key, size, etag } = entry;
      expect(await store.head('one.wav')).toMatchObject({ key, size, etag });
    },
  },
  {
    id: 'paging',
    title: 'one key more than a page holds makes two pages, in order; without it, one page ends complete',
    run: async ({ store, put, remove, connection }) => {
      const keys = numbered(1001);
      await inBatches(keys, (key) => put(key, 'x'));
      const { entries, end } = await listAll(store);
      expect(entries.map(({ key }) => key)).toEqual(keys);
      expect(end).toMatchObject({ complete: true, count: 1001, pages: connection ? 2 : 1 });
      await remove('k00500.wav');
      expect((await listAll(store)).end).toMatchObject({ complete: true, count: 1000, pages: 1 });
    },
  },
  {
    id: 'prefix',
    title: 'a prefix shows what begins with it and nothing else',
    run: async ({ below, put }) => {
      for (const key of ['in/a.wav', 'in/deep/b.wav', 'inside.wav', 'out/in/c.wav']) await put(key, 'x');
      const { entries } = await listAll(below('in/'));
      expect(entries.map(({ key }) => key)).toEqual(['in/a.wav', 'in/deep/b.wav']);
      expect((await listAll(below('nothing/'))).end).toMatchObject({ complete: true, count: 0 });
    },
  },
  {
    id: 'odd-prefix',
    title: 'a prefix with space, plus, percent and accents is taken literally',
    run: async ({ below, put }) => {
      await put('a b+c%20é/x.wav', 'x');
      await put('a b c é/y.wav', 'y');
      expect((await listAll(below('a b+c%20é/'))).entries.map(({ key }) => key)).toEqual(['a b+c%20é/x.wav']);
    },
  },
  {
    id: 'folder-marker',
    title: 'an object whose key ends in a slash is listed as such',
    run: async ({ store, put }) => {
      await put('folder/', '');
      await put('folder/a.wav', 'x');
      const { entries } = await listAll(store);
      expect(entries.map(({ key, size }) => [key, size])).toEqual([
        ['folder/', 0],
        ['folder/a.wav', 1],
      ]);
    },
  },
  {
    id: 'duplicates',
    title: 'equal contents under two keys are two entries',
    run: async ({ store, put }) => {
      await put('a.wav', 'same');
      await put('copy/a.wav', 'same');
      expect((await listAll(store)).entries.map(({ key }) => key)).toEqual(['a.wav', 'copy/a.wav']);
    },
  },
  {
    id: 'huge',
    title: 'an object of 6 GiB is listed with its size, and its last bytes can be read',
    run: async ({ store, putHuge }) => {
      await putHuge('huge.wav', HUGE);
      const entry = await theEntry(store);
      expect(entry.size).toBe(HUGE);
      expect((await store.head('huge.wav'))?.size).toBe(HUGE);
      const { body } = await store.get(entry, {
        signal: AbortSignal.timeout(20_000),
        range: { start: HUGE - 3, end: HUGE - 1 },
      });
      expect(Buffer.concat(await Array.fromAsync(body as AsyncIterable<Buffer>))).toEqual(Buffer.alloc(3));
    },
  },
  {
    id: 'repeatable',
    title: 'nothing changed, nothing differs: ETags and order are the same in a second listing',
    run: async ({ store, put }) => {
      for (const key of numbered(20)) await put(key, `content of ${key}`);
      const identity = async () => (await listAll(store)).entries.map(({ key, size, etag }) => [key, size, etag]);
      expect(await identity()).toEqual(await identity());
    },
  },
  {
    id: 'changing-store',
    title: 'keys that come and go while it is listed break neither order nor end',
    run: async ({ store, put, remove }) => {
      const keys = numbered(30);
      for (const key of keys) await put(key, 'x');
      const seen: string[] = [];
      let end: ListEvent | undefined;
      for await (const event of store.list({ signal: AbortSignal.timeout(20_000) })) {
        if (event.type === 'end') end = event;
        else if (seen.push(event.entry.key) === 1) {
          await remove('k00029.wav');
          await put('k00000b.wav', 'new');
        }
      }
      expect(end).toMatchObject({ complete: true, sorted: true, count: seen.length });
      expect(new Set(seen).size).toBe(seen.length);
      expect(keys.slice(0, 29).every((key) => seen.includes(key))).toBe(true);
    },
  },
  {
    id: 'aborted',
    title: 'a listing that is aborted before it begins is incomplete',
    run: async ({ store, put }) => {
      await put('one.wav', 'x');
      expect((await listAll(store, AbortSignal.abort())).end).toMatchObject({ complete: false });
    },
  },
  {
    id: 'aborted-midway',
    title: 'a listing that is aborted on its way is incomplete',
    run: async ({ store, put }) => {
      for (const key of numbered(3)) await put(key, 'x');
      const stop = new AbortController();
      let end: ListEvent | undefined;
      for await (const event of store.list({ signal: stop.signal })) {
        stop.abort();
        if (event.type === 'end') end = event;
      }
      expect(end).toMatchObject({ complete: false, reason: 'interrupted' });
    },
  },
];
