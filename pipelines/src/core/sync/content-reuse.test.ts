// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import type { IndexedContent, SyncIndex } from '../../ports/sync-index.ts';
import { ContentReuse } from './content-reuse.ts';

const SHAPE = { space: 'tone-1', fingerprint: 'abcdefabcdef', dims: 2, hasTrackVector: true, hasMelody: false };
const DOCUMENT: IndexedContent = {
  audio: {
    duration_ms: 1000,
    status: 'ready',
    container: 'wav',
    codec: 'pcm_s16le',
    sample_rate_hz: 8000,
    channels: 1,
    loudness_dbfs: -3,
  },
  space: { id: SHAPE.space, fingerprint: SHAPE.fingerprint },
  embedding: [1, 0],
};
const BODY = Buffer.from(JSON.stringify(DOCUMENT));

let searched: string[][];
let seen: Map<string, string>;
let stored: Map<string, IndexedContent>;
let troubles: unknown[];
let reuse: ContentReuse;

beforeEach(() => {
  searched = [];
  seen = new Map();
  stored = new Map();
  troubles = [];
  const content: SyncIndex['content'] = {
    findIds: async (hashes) => {
      searched.push([...hashes]);
      return seen;
    },
    get: async () => stored,
  };
  reuse = new ContentReuse({ shape: SHAPE, content } as SyncIndex, (error) => troubles.push(error));
});

test('what the index holds is found; what it does not, the caller makes', async () => {
  seen.set('known', 'id');
  stored.set('id', DOCUMENT);
  expect(await reuse.find('known')).toMatchObject({ status: 'ready', embedding: Float32Array.of(1, 0) });
  expect(await reuse.find('unknown')).toBeUndefined();
});

test('who asks for bytes that are being made waits for them', async () => {
  expect(await reuse.find('a')).toBeUndefined();
  const copy = reuse.find('a');
  reuse.made('a', BODY);
  expect(await copy).toMatchObject({ embedding: Float32Array.of(1, 0) });
  expect(searched).toEqual([['a']]);
});

test('when making came to nothing, those who waited make their own', async () => {
  await reuse.find('a');
  const copy = reuse.find('a');
  reuse.abandon('a');
  expect(await copy).toBeUndefined();
});

test('what was written is found before searches see it, and not asked for by hash', async () => {
  await reuse.find('a');
  reuse.made('a', BODY);
  reuse.abandon('a');
  reuse.settled('a', 'id');
  stored.set('id', DOCUMENT);
  expect(await reuse.find('a')).toMatchObject({ status: 'ready' });
  expect(searched).toEqual([['a']]);
});

test('a document that the index refused is not relied on', async () => {
  await reuse.find('a');
  reuse.made('a', BODY);
  reuse.settled('a', undefined);
  expect(await reuse.find('a')).toBeUndefined();
});

test('trouble with the index means embedding, not failing', async () => {
  const broken = new Error('no');
  const content: SyncIndex['content'] = { findIds: () => Promise.reject(broken), get: () => Promise.reject(broken) };
  const mistrusting = new ContentReuse({ shape: SHAPE, content } as SyncIndex, (error) => troubles.push(error));
  expect(await mistrusting.find('a')).toBeUndefined();
  expect(troubles).toEqual([broken]);
});
