// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FETCH_CASES } from '../testing/store-contract/fetch-cases.ts';
import { KEY_CASES } from '../testing/store-contract/key-cases.ts';
import { LISTING_CASES } from '../testing/store-contract/listing-cases.ts';
import { forever, listAll, type StoreRoom } from '../testing/store-contract/store-case.ts';
import { STORE_SUBJECTS } from '../testing/store-contract/subjects.ts';
import { createFolderObjectStore } from './folder-object-store.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

const CASES = [...KEY_CASES, ...LISTING_CASES, ...FETCH_CASES];

test('every declared gap names a case', () => {
  const ids = CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { gaps } of STORE_SUBJECTS) expect(ids).toEqual(expect.arrayContaining(Object.keys(gaps)));
});

describe.each(STORE_SUBJECTS)('the object store $name', (subject) => {
  if (subject.skip) {
    test.skip(`cannot run: ${subject.skip}`);
    return;
  }
  let running: Awaited<ReturnType<typeof subject.start>>;
  beforeAll(async () => {
    running = await subject.start();
  });
  afterAll(() => running?.stop());

  for (const { id, title, run } of CASES) {
    const gap = subject.gaps[id];
    test.skipIf(gap)(gap ? `${title} (a gap: ${gap})` : title, async () => run(await running.fresh()));
  }

  test('a missing bucket and wrong credentials are faults of the settings', async ({ skip }) => {
    const { connection }: StoreRoom = await running.fresh();
    if (!connection) return skip('no bucket, no credentials');
    const missing = createS3ObjectStore({ id: 'x', bucket: 'nowhere', prefix: '', connection });
    await expect(listAll(missing)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', exitCode: 2 });
    const wrong = { ...connection, accessKeyId: 'nobody' };
    const denied = createS3ObjectStore({ id: 'x', bucket: 'nowhere', prefix: '', connection: wrong });
    await expect(listAll(denied)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
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
      await expect(store.get({ key: 'link.wav', size: 1 }, { signal: forever })).rejects.toMatchObject({
        trouble: 'vanished',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the S3 store alone', () => {
  test('a dead endpoint is an incomplete listing', async () => {
    const connection = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' };
    const store = createS3ObjectStore({
      id: 'x',
      bucket: 'b',
      prefix: '',
      connection,
      backoff: { baseMs: 1, capMs: 1 },
    });
    expect((await listAll(store)).end).toMatchObject({ complete: false, count: 0 });
  });
});
