// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { createRecordingBudgets, createRecordingReader } from '../../adapters/recording-reader.ts';
import { fetchListed } from '../../core/sync/fetch-listed.ts';
import { forever, inBatches, listAll, readText, type StoreCase, type StoreRoom, theEntry } from './store-case.ts';

const BUDGETS = { memory: 16 << 20, spool: 64 << 20 };

function fetchIt({ store }: StoreRoom, entry: Awaited<ReturnType<typeof theEntry>>) {
  const readRecording = createRecordingReader(store, { budgets: createRecordingBudgets(BUDGETS) });
  return fetchListed({ store, readRecording }, entry, forever);
}

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** Chunk by chunk: each is overwritten by the next. */
async function sha256Of(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, i) => i));

export const FETCH_CASES: readonly StoreCase[] = [
  {
    id: 'zero-bytes',
    title: 'an object of zero bytes is listed and read',
    run: async ({ store, put }) => {
      await put('empty.wav', '');
      const entry = await theEntry(store);
      expect(entry.size).toBe(0);
      expect(await readText(store, entry)).toBe('');
    },
  },
  {
    id: 'range',
    title: 'a range gives those bytes only, up to the last one',
    run: async ({ store, put }) => {
      await put('one.wav', '0123456789');
      const entry = await theEntry(store);
      for (const [start, end, text] of [
        [0, 0, '0'],
        [2, 4, '234'],
        [7, 9, '789'],
      ] as const) {
        const { body, length } = await store.get(entry, { signal: forever, range: { start, end } });
        expect([(await buffer(body)).toString(), length]).toEqual([text, text.length]);
      }
    },
  },
  {
    id: 'large',
    title: 'an object larger than what is kept in memory arrives whole, by its sha256',
    run: async (room) => {
      const content = Buffer.alloc(9 << 20, PATTERN);
      await room.put('large.wav', content);
      const fetched = await fetchIt(room, await theEntry(room.store));
      if (fetched.kind !== 'recording') throw new Error(JSON.stringify(fetched));
      const { recording } = fetched;
      expect([recording.length, recording.sha256]).toEqual([content.length, sha256(content)]);
      expect(await sha256Of(recording.open())).toBe(recording.sha256);
      await recording.dispose();
    },
  },
  {
    id: 'multipart',
    title: 'an object uploaded in parts has an ETag of its own kind, which guards it like any other',
    run: async (room) => {
      const content = Buffer.alloc((5 << 20) + 1000, PATTERN);
      await room.putInParts('parts.wav', content);
      const entry = await theEntry(room.store);
      expect(entry.etag).toMatch(/-2$/);
      const fetched = await fetchIt(room, entry);
      expect(fetched).toMatchObject({ kind: 'recording', recording: { sha256: sha256(content) } });
      await room.put('parts.wav', 'other');
      await expect(room.store.get(entry, { signal: forever })).rejects.toMatchObject({ trouble: 'changed' });
    },
  },
  {
    id: 'not-audio',
    title: 'what is named as audio and is none is told from audio by its first bytes',
    run: async (room) => {
      const wav = Buffer.concat([Buffer.from('RIFF$\0\0\0WAVEfmt '), Buffer.alloc(60)]);
      await room.put('real.wav', wav);
      await room.put('text.wav', 'no audio at all');
      const { entries } = await listAll(room.store);
      const fetched = await Promise.all(entries.map((entry) => fetchIt(room, entry)));
      expect(fetched.map((one) => one.kind === 'recording' && one.recording.mediaType)).toEqual([
        'audio/wav',
        undefined,
      ]);
    },
  },
  {
    id: 'overwritten',
    title: 'an object overwritten after the listing is refused as changed, and fetched as what it is now',
    run: async (room) => {
      await room.put('one.wav', 'first');
      const entry = await theEntry(room.store);
      await room.put('one.wav', 'second content');
      await expect(room.store.get(entry, { signal: forever })).rejects.toMatchObject({ trouble: 'changed' });
      expect(await fetchIt(room, entry)).toMatchObject({
        kind: 'recording',
        recording: { sha256: sha256('second content') },
        entry: { size: 14 },
      });
    },
  },
  {
    id: 'same-second',
    title: 'of a hundred objects, those overwritten within the same second by as many bytes are seen to have changed',
    run: async ({ store, put }) => {
      const keys = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(3, '0')}.wav`);
      await inBatches(keys, (key) => put(key, `content ${key} 1`));
      const before = new Map((await listAll(store)).entries.map(({ key, etag }) => [key, etag]));
      const again = keys.filter((_key, i) => i % 7 === 0);
      await inBatches(again, (key) => put(key, `content ${key} 2`));
      const changed = (await listAll(store)).entries.filter(({ key, etag }) => before.get(key) !== etag);
      expect(changed.map(({ key }) => key)).toEqual(again);
    },
  },
  {
    id: 'deleted',
    title: 'an object deleted after the listing has vanished, and head is null',
    run: async (room) => {
      await room.put('one.wav', 'first');
      const entry = await theEntry(room.store);
      await room.remove('one.wav');
      await expect(room.store.get(entry, { signal: forever })).rejects.toMatchObject({ trouble: 'vanished' });
      expect(await room.store.head('one.wav')).toBeNull();
      expect(await fetchIt(room, entry)).toEqual({ kind: 'skip', reason: 'vanished' });
    },
  },
  {
    id: 're-created',
    title: 'an object deleted and made anew after the listing is fetched as what it is now',
    run: async (room) => {
      await room.put('one.wav', 'first');
      const entry = await theEntry(room.store);
      await room.remove('one.wav');
      await room.put('one.wav', 'made anew');
      expect(await fetchIt(room, entry)).toMatchObject({
        kind: 'recording',
        recording: { sha256: sha256('made anew') },
      });
    },
  },
  {
    id: 'head-missing',
    title: 'head is null for a key that never was, and for what is only the beginning of keys',
    run: async ({ store, put }) => {
      await put('folder/one.wav', 'x');
      for (const key of ['never.wav', 'folder', 'folder/one', 'folder/one.wav/x'])
        expect([key, await store.head(key)]).toEqual([key, null]);
    },
  },
  {
    id: 'parallel',
    title: 'sixty-four objects at once each give their own bytes',
    run: async ({ store, put }) => {
      const keys = Array.from({ length: 64 }, (_, i) => `${i}.wav`);
      await inBatches(keys, (key) => put(key, `content of ${key}`));
      const { entries } = await listAll(store);
      const texts = await Promise.all(entries.map((entry) => readText(store, entry)));
      expect(texts).toEqual(entries.map(({ key }) => `content of ${key}`));
    },
  },
  {
    id: 'abandoned-bodies',
    title: 'two hundred bodies thrown away or aborted do not use up the connections',
    run: async ({ store, put }) => {
      await put('one.wav', Buffer.alloc(300_000, PATTERN));
      const entry = await theEntry(store);
      for (let i = 0; i < 200; i++) {
        const stop = new AbortController();
        const { body } = await store.get(entry, { signal: stop.signal });
        body.on('error', () => undefined);
        if (i % 2 === 0) body.destroy();
        else stop.abort();
      }
      for (let i = 0; i < 50; i++) expect((await readText(store, entry)).length).toBeGreaterThan(0);
    },
  },
  {
    id: 'aborted-get',
    title: 'a fetch that is aborted before it begins is refused with the reason of the abort',
    run: async ({ store, put }) => {
      await put('one.wav', 'x');
      const entry = await theEntry(store);
      await expect(store.get(entry, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
        /enough|abort/,
      );
    },
  },
  {
    id: 'uri',
    title: 'the address of an object ends in its key and is its own',
    run: async ({ store }) => {
      expect(store.uriOf('a/b c.wav')).toMatch(/\/a\/b( |%20)c\.wav$/);
      expect(store.uriOf('a/b')).not.toBe(store.uriOf('a/c'));
    },
  },
];
