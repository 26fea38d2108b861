// SPDX-License-Identifier: Apache-2.0
import { buffer } from 'node:stream/consumers';
import { fakeObject, type S3Fake, type S3Fault, startFaultProxy, startS3Fake } from '@earshot/e2e/support';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../ports/object-store.ts';
import { forever, listAll, theEntry } from '../testing/store-contract/store-case.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

const PAGES = 12;
const PER_PAGE = 3;
const TIMEOUT_MS = 250;
const backoff = { baseMs: 1, capMs: 2 };

let server: S3Fake;
let store: ObjectStore;
beforeAll(async () => {
  server = await startS3Fake({ buckets: ['music'] });
  server.pageSize = PER_PAGE;
  store = storeAt(server.endpoint);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.fault = undefined;
  server.requests.length = 0;
  server.buckets.get('music')?.clear();
});

const storeAt = (endpoint: string, timeoutMs = TIMEOUT_MS): ObjectStore =>
  createS3ObjectStore({
    id: 'test',
    bucket: 'music',
    prefix: '',
    connection: { ...server, endpoint, timeoutMs },
    bodyIdleMs: 100,
    backoff,
  });

function fill(count: number): void {
  for (let i = 0; i < count; i++)
    server.buckets.get('music')?.set(`${String(i).padStart(3, '0')}.wav`, fakeObject(Buffer.from(`sound ${i}`)));
}

/** Every way in which a listing breaks: none of them may look complete. */
const LISTING_FAULTS: readonly (readonly [what: string, fault: S3Fault])[] = [
  ['503 SlowDown', { kind: 'status', status: 503, code: 'SlowDown' }],
  ['500', { kind: 'status', status: 500, code: 'InternalError' }],
  ['403 AccessDenied', { kind: 'status', status: 403, code: 'AccessDenied' }],
  ['an expired session', { kind: 'status', status: 400, code: 'ExpiredToken' }],
  ['an expired continuation token', { kind: 'status', status: 400, code: 'InvalidArgument' }],
  ['a reset', { kind: 'reset' }],
  ['a page cut in the middle by a reset', { kind: 'cut', bytes: 400 }],
  ['a page cut in the middle that looks whole', { kind: 'short', bytes: 400 }],
  ['an empty page', { kind: 'short', bytes: 0 }],
  ['a page that stalls behind its headers', { kind: 'stall', bytes: 100 }],
  ['no answer', { kind: 'hang' }],
  ['a page of the wrong number of keys', { kind: 'wrong-count' }],
  ['a page that does not say whether it is the last', { kind: 'not-truncated-unsaid' }],
];
/** The last page has no token to spoil. */
const TOKEN_FAULTS: typeof LISTING_FAULTS = [
  ['a repeated continuation token', { kind: 'repeated-token' }],
  ['a missing continuation token', { kind: 'no-token' }],
];

describe('a listing', () => {
  test.each([...LISTING_FAULTS, ...TOKEN_FAULTS])(
    'with %s at any page is incomplete and shows what came before',
    async (_what, fault) => {
      fill(PAGES * PER_PAGE);
      const isAtEnd = !TOKEN_FAULTS.some(([, one]) => one === fault);
      // Those that wait for a timeout are tried at two pages, the rest at each.
      const isSlow = fault.kind === 'hang' || fault.kind === 'stall';
      const pages = isSlow ? [1, 7] : Array.from({ length: isAtEnd ? PAGES : PAGES - 1 }, (_, i) => i + 1);
      for (const faulty of pages) {
        server.fault = ({ operation, page }) => (operation === 'list' && page === faulty ? fault : undefined);
        const { entries, end } = await listAll(store);
        expect([faulty, end.complete, end.reason]).toEqual([faulty, false, expect.any(String)]);
        expect(entries.length).toBeGreaterThanOrEqual((faulty - 1) * PER_PAGE);
        expect(new Set(entries.map(({ key }) => key)).size).toBeLessThanOrEqual(PAGES * PER_PAGE);
      }
    },
  );

  test('with faults that pass is complete: each page is asked for up to five times', async () => {
    fill(PAGES * PER_PAGE);
    server.fault = ({ operation, page, attempt }) =>
      operation === 'list' && attempt < 5
        ? page % 2 === 0
          ? { kind: 'status', status: 503, code: 'SlowDown' }
          : { kind: 'reset' }
        : undefined;
    const { entries, end } = await listAll(store);
    expect(end).toMatchObject({ complete: true, sorted: true, count: PAGES * PER_PAGE, pages: PAGES });
    expect(entries).toHaveLength(PAGES * PER_PAGE);
    expect(server.requests).toHaveLength(PAGES * 5);
  });

  test('that is denied is not asked for again', async () => {
    server.fault = () => ({ kind: 'status', status: 403, code: 'AccessDenied' });
    expect((await listAll(store)).end).toMatchObject({ complete: false, reason: expect.stringContaining('page 1') });
    expect(server.requests).toHaveLength(1);
  });

  test('whose credentials are taken away on its way is incomplete, not a fault of the settings', async () => {
    fill(9);
    server.fault = ({ page }) => (page === 2 ? { kind: 'status', status: 403, code: 'InvalidAccessKeyId' } : undefined);
    expect((await listAll(store)).end).toMatchObject({ complete: false, pages: 1 });
  });
});

describe('a fetch', () => {
  async function troubleWith(fault: S3Fault): Promise<unknown> {
    fill(1);
    const entry = await theEntry(store);
    server.fault = () => fault;
    const { body, length } = await store.get(entry, { signal: forever });
    const bytes = await buffer(body);
    return bytes.length === length ? 'whole' : `${bytes.length} of ${length} bytes`;
  }

  test.each<[string, S3Fault, object]>([
    ['503 SlowDown', { kind: 'status', status: 503, code: 'SlowDown' }, { trouble: 'unavailable' }],
    ['403', { kind: 'status', status: 403, code: 'AccessDenied' }, { trouble: 'denied' }],
    ['an archived object', { kind: 'status', status: 403, code: 'InvalidObjectState' }, { trouble: 'archived' }],
    ['no such key', { kind: 'status', status: 404, code: 'NoSuchKey' }, { trouble: 'vanished' }],
    ['a reset', { kind: 'reset' }, { trouble: 'unavailable' }],
    ['no answer', { kind: 'hang' }, { trouble: 'unavailable' }],
    ['a body cut by a reset', { kind: 'cut', bytes: 3 }, { message: expect.stringMatching(/abort|reset|Premature/i) }],
    ['a body that stalls', { kind: 'stall', bytes: 3 }, { message: expect.stringContaining('bytes came in 100 ms') }],
    ['a body that drips', { kind: 'drip', bytesPerSecond: 20 }, { message: expect.stringContaining('bytes came in') }],
  ])('with %s is refused', async (_what, fault, expected) => {
    await expect(troubleWith(fault)).rejects.toMatchObject(expected);
  });

  test('of an object that was overwritten, on a server that does not know If-Match, is refused as changed', async () => {
    fill(1);
    const entry = await theEntry(store);
    server.buckets.get('music')?.set(entry.key, fakeObject(Buffer.from('other sound')));
    server.fault = () => ({ kind: 'ignores-if-match' });
    await expect(store.get(entry, { signal: forever })).rejects.toMatchObject({ trouble: 'changed' });
  });

  test('two hundred bodies broken off by the network leave room for fifty whole ones', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    try {
      server.buckets.get('music')?.set('one.wav', fakeObject(Buffer.alloc(100_000)));
      const through = storeAt(proxy.url, 30_000);
      const entry = await theEntry(through);
      proxy.fault = { kind: 'cut', afterBytes: 5000 };
      const read = async () => (await buffer((await through.get(entry, { signal: forever })).body)).length;
      for (let i = 0; i < 200; i += 20) {
        const broken = await Promise.allSettled(Array.from({ length: 20 }, read));
        expect(broken.every(({ status }) => status === 'rejected')).toBe(true);
      }
      proxy.fault = { kind: 'none' };
      for (let i = 0; i < 50; i++) expect(await read()).toBe(100_000);
    } finally {
      await proxy.stop();
    }
  });
});

describe('asking for one object', () => {
  test('is tried again where the store may recover, and null only when nothing is there', async () => {
    fill(1);
    server.fault = ({ attempt }) => (attempt < 4 ? { kind: 'status', status: 503, code: 'SlowDown' } : undefined);
    expect(await store.head('000.wav')).toMatchObject({ size: 7 });
    expect(await store.head('never.wav')).toBeNull();
    server.fault = () => ({ kind: 'status', status: 403, code: 'AccessDenied' });
    await expect(store.head('000.wav')).rejects.toMatchObject({ trouble: 'denied' });
    server.fault = () => ({ kind: 'hang' });
    await expect(store.head('000.wav')).rejects.toMatchObject({ trouble: 'unavailable' });
  });
});
