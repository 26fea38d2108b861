// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startVersitygw, whyNoVersitygw } from '@earshot/e2e/support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareBytes } from '../core/byte-order.ts';
import type { Entry, ListEvent, ObjectStore } from '../ports/object-store.ts';
import { createFolderObjectStore } from './folder-object-store.ts';
import { createS3Client } from './s3-client.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

interface Subject {
  /** An empty store with means to fill it. */
  fresh(): Promise<{
    store: ObjectStore;
    put(key: string, content: string): Promise<void>;
    remove(key: string): Promise<void>;
  }>;
  stop(): Promise<void>;
}

async function folderSubject(): Promise<Subject> {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-store-'));
  let n = 0;
  return {
    stop: async () => rmSync(dir, { recursive: true }),
    fresh: async () => {
      const folder = join(dir, String(n++));
      mkdirSync(folder);
      return {
        store: createFolderObjectStore({ id: 'test', folder }),
        put: async (key, content) => {
          mkdirSync(dirname(join(folder, key)), { recursive: true });
          writeFileSync(join(folder, key), content);
        },
        remove: async (key) => rmSync(join(folder, key)),
      };
    },
  };
}

async function s3Subject(): Promise<Subject> {
  const server = await startVersitygw();
  const connection = server;
  const client = createS3Client(connection);
  let n = 0;
  return {
    stop: server.stop,
    fresh: async () => {
      const bucket = `bucket-${n++}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return {
        store: createS3ObjectStore({ id: 'test', bucket, prefix: '', connection }),
        put: async (key, content) => {
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
        },
        remove: async (key) => {
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
        },
      };
    },
  };
}

const signal = AbortSignal.timeout(100_000);

async function listAll(store: ObjectStore): Promise<{ entries: Entry[]; end: Extract<ListEvent, { type: 'end' }> }> {
  const entries: Entry[] = [];
  for await (const event of store.list({ signal })) {
    if (event.type === 'end') return { entries, end: event };
    entries.push(event.entry);
  }
  throw new Error('a listing without an end');
}

const read = async (store: ObjectStore, entry: Entry): Promise<string> =>
  (await buffer((await store.get(entry, { signal })).body)).toString();

/** Keys that both stores can hold: `a` beside `a/b` and `a//b` are gaps that folders and versitygw share. */
const ODD_KEYS = [
  'with space.wav',
  'plus+sign.wav',
  'per%cent%20.wav',
  'new\nline.wav',
  'quote"\'&<>.wav',
  'nfc-\u00e9.wav',
  'nfd-e\u0301.wav',
  'wide-\uFF5E.wav',
  'note-\u{1F3B5}.wav',
  'a-1.wav',
  'a.txt',
  'a/b.wav',
  'deep/er/and/deeper.wav',
];

const SUBJECTS = [
  { name: 'folder', start: folderSubject, skip: undefined },
  { name: 'versitygw', start: s3Subject, skip: whyNoVersitygw() },
];

describe.each(SUBJECTS)('the object store $name', ({ start, skip, name }) => {
  if (skip) {
    test.skip(`cannot run: ${skip}`);
    return;
  }
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject?.stop());

  test('an empty store ends complete with no entries', async () => {
    const { store } = await subject.fresh();
    expect(await listAll(store)).toMatchObject({ entries: [], end: { complete: true, sorted: true, count: 0 } });
  });

  test('odd keys are listed in byte order and each is read back', async () => {
    const { store, put } = await subject.fresh();
    for (const key of ODD_KEYS) await put(key, `content of ${key}`);
    const { entries, end } = await listAll(store);
    expect(entries.map(({ key }) => key)).toEqual([...ODD_KEYS].sort(compareBytes));
    expect(end).toMatchObject({ complete: true, sorted: true, count: ODD_KEYS.length });
    for (const entry of entries) expect(await read(store, entry)).toBe(`content of ${entry.key}`);
  });

  test('an entry says size, etag and time, and head says the same', async () => {
    const { store, put } = await subject.fresh();
    await put('one.wav', 'twelve bytes');
    const [entry] = (await listAll(store)).entries;
    expect(entry).toMatchObject({ key: 'one.wav', size: 12 });
    expect(entry?.etag).toBeTruthy();
    expect(Date.parse(entry!.modified!)).toBeGreaterThan(Date.now() - 3_600_000);
    expect(await store.head('one.wav')).toMatchObject({ key: 'one.wav', size: 12, etag: entry!.etag });
  });

  test('an object of zero bytes is listed and read', async () => {
    const { store, put } = await subject.fresh();
    await put('empty.wav', '');
    const [entry] = (await listAll(store)).entries;
    expect(entry?.size).toBe(0);
    expect(await read(store, entry!)).toBe('');
  });

  test('more keys than a page holds all come, in order', async () => {
    const { store, put } = await subject.fresh();
    const keys = Array.from({ length: 1001 }, (_, i) => `k${String(i).padStart(5, '0')}.wav`);
    for (let i = 0; i < keys.length; i += 50) await Promise.all(keys.slice(i, i + 50).map((key) => put(key, 'x')));
    const { entries, end } = await listAll(store);
    expect(entries.map(({ key }) => key)).toEqual(keys);
    expect(end).toMatchObject({ complete: true, count: 1001, pages: name === 'folder' ? 1 : 2 });
  });

  test('a range gives those bytes only', async () => {
    const { store, put } = await subject.fresh();
    await put('one.wav', '0123456789');
    const [entry] = (await listAll(store)).entries;
    const { body, length } = await store.get(entry!, { signal, range: { start: 2, end: 4 } });
    expect([(await buffer(body)).toString(), length]).toEqual(['234', 3]);
  });

  test('an object overwritten after the listing is refused as changed', async () => {
    const { store, put } = await subject.fresh();
    await put('one.wav', 'first');
    const [entry] = (await listAll(store)).entries;
    await put('one.wav', 'second');
    await expect(store.get(entry!, { signal })).rejects.toMatchObject({ trouble: 'changed' });
  });

  test('an object deleted after the listing is refused as vanished, and head is null', async () => {
    const { store, put, remove } = await subject.fresh();
    await put('one.wav', 'first');
    const [entry] = (await listAll(store)).entries;
    await remove('one.wav');
    await expect(store.get(entry!, { signal })).rejects.toMatchObject({ trouble: 'vanished' });
    expect(await store.head('one.wav')).toBeNull();
  });

  test('an aborted listing is incomplete', async () => {
    const { store, put } = await subject.fresh();
    await put('one.wav', 'x');
    const events: ListEvent[] = [];
    for await (const event of store.list({ signal: AbortSignal.abort() })) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'end', complete: false });
  });

  test('bodies that are thrown away do not use up the connections', async () => {
    const { store, put } = await subject.fresh();
    await put('one.wav', 'x'.repeat(200_000));
    const [entry] = (await listAll(store)).entries;
    for (let i = 0; i < 150; i++) (await store.get(entry!, { signal })).body.destroy();
    expect((await read(store, entry!)).length).toBe(200_000);
  });
});

describe('the folder store alone', () => {
  test('a missing folder is a fault of the settings', () => {
    expect(() => createFolderObjectStore({ id: 'x', folder: '/no/such/folder' })).toThrow(/does not exist/);
  });

  test('links are not followed, names that are not UTF-8 are reported, keys cannot lead out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-links-'));
    try {
      writeFileSync(join(folder, 'real.wav'), 'x');
      symlinkSync(join(folder, 'real.wav'), join(folder, 'link.wav'));
      symlinkSync('/', join(folder, 'root'));
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), 'x');
      const store = createFolderObjectStore({ id: 'x', folder });
      const { entries, end } = await listAll(store);
      expect(entries.map(({ key }) => key)).toEqual(['real.wav']);
      expect(end).toMatchObject({ complete: true, reason: expect.stringContaining('1 name(s)') });
      await expect(store.head('../../etc/passwd')).rejects.toMatchObject({ trouble: 'denied' });
      await expect(store.get({ key: 'link.wav', size: 1 }, { signal })).rejects.toMatchObject({ trouble: 'vanished' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the S3 store alone', () => {
  const skip = whyNoVersitygw();
  test.skipIf(skip)(
    `a missing bucket and a wrong key are faults of the settings${skip ? ` (${skip})` : ''}`,
    async () => {
      const server = await startVersitygw();
      try {
        const connection = server;
        const missing = createS3ObjectStore({ id: 'x', bucket: 'nowhere', prefix: '', connection });
        await expect(listAll(missing)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', exitCode: 2 });
        const wrong = { ...connection, accessKeyId: 'nobody' };
        const denied = createS3ObjectStore({ id: 'x', bucket: 'nowhere', prefix: '', connection: wrong });
        await expect(listAll(denied)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
      } finally {
        await server.stop();
      }
    },
  );

  test('a dead endpoint is an incomplete listing', async () => {
    const connection = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' };
    const store = createS3ObjectStore({ id: 'x', bucket: 'b', prefix: '', connection });
    expect((await listAll(store)).end).toMatchObject({ complete: false, count: 0 });
  });
});
