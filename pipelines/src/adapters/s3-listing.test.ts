// SPDX-License-Identifier: Apache-2.0
import type { ListObjectsV2Command, ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { ListEvent } from '../ports/object-store.ts';
import { listS3 } from './s3-listing.ts';

type Page = Partial<ListObjectsV2CommandOutput> | Error;

/** A client that gives these pages, token `k` leading to page k; an error is thrown at every try. */
function clientOf(pages: readonly Page[]): S3Client {
  const send = async ({ input }: ListObjectsV2Command): Promise<object> => {
    const page = pages[Number(input.ContinuationToken ?? 0)];
    if (page instanceof Error) throw page;
    return { $metadata: {}, ...page };
  };
  return { send } as unknown as S3Client;
}

const page = (k: number, keys: readonly string[], over: Page = {}): Page => ({
  Contents: keys.map((Key) => ({ Key, Size: 1, ETag: '"e"' })),
  KeyCount: keys.length,
  IsTruncated: true,
  NextContinuationToken: String(k + 1),
  ...over,
});
const last = { IsTruncated: false, NextContinuationToken: undefined } as unknown as Page;
const PAGES = [page(0, ['a', 'b']), page(1, ['c']), page(2, ['d'], last)];

async function list(pages: readonly Page[]): Promise<{ keys: string[]; end: ListEvent | undefined }> {
  const options = {
    bucket: 'b',
    prefix: '',
    signal: new AbortController().signal,
    limitMs: 10_000,
    backoff: { baseMs: 1, capMs: 1 },
  };
  const events = await Array.fromAsync(listS3(clientOf(pages), options));
  return { keys: events.flatMap((event) => (event.type === 'entry' ? [event.entry.key] : [])), end: events.at(-1) };
}

test('every page is followed to the end', async () => {
  const { keys, end } = await list(PAGES);
  expect(keys).toEqual(['a', 'b', 'c', 'd']);
  expect(end).toEqual({ type: 'end', complete: true, sorted: true, pages: 3, count: 4 });
});

test.each([0, 1, 2])('a fault at page %i makes the listing incomplete', async (k) => {
  const { end } = await list(PAGES.map((one, i) => (i === k ? new Error('connection reset') : one)));
  expect(end).toMatchObject({ type: 'end', complete: false, pages: k, reason: `page ${k + 1}: connection reset` });
});

test.each([
  ['a repeated token', [PAGES[0], page(1, ['c'], { NextContinuationToken: '1' })]],
  ['a truncated page without a token', [page(0, ['a'], { NextContinuationToken: undefined } as unknown as Page)]],
  [
    'a page that does not say whether it is the last',
    [page(0, ['a'], { ...last, IsTruncated: undefined } as unknown as Page)],
  ],
  ['another count than said', [page(0, ['a'], { ...last, KeyCount: 2 } as Page)]],
])('%s makes the listing incomplete', async (_what, pages) => {
  expect((await list(pages as Page[])).end).toMatchObject({ complete: false });
});

test('keys that do not rise are noticed', async () => {
  expect((await list([page(0, ['b', 'a'], last)])).end).toMatchObject({ complete: true, sorted: false });
});

test('URL-encoded keys are decoded, plain ones are not', async () => {
  const encoded = page(0, ['a+b', 'c%2Bd%0A'], { ...last, EncodingType: 'url' } as Page);
  expect((await list([encoded])).keys).toEqual(['a b', 'c+d\n']);
  expect((await list([page(0, ['a+b%20'], last)])).keys).toEqual(['a+b%20']);
});
