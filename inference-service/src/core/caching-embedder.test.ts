// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { beforeEach, describe, expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { createCachingEmbedder } from './caching-embedder.ts';
import type { Embedder, EmbedOptions, RecordingEmbedding } from './embedder.ts';
import { ServiceError } from './service-error.ts';

const spaceOf = (id: string, fingerprint: string): Space =>
  ({ card: tinyCard({ id }), fingerprint, graphPath: `/models/${id}.onnx` }) as unknown as Space;
const one = spaceOf('tiny-1', 'aaaaaaaaaaaa');
const other = spaceOf('tiny-2', 'bbbbbbbbbbbb');

const embeddingOf = (space: Space, value: number): RecordingEmbedding => ({
  space,
  status: 'ready',
  vector: new Float32Array(8).fill(value),
  segments: [],
  durationMs: 1000,
  windowCount: 1,
  decode: {} as RecordingEmbedding['decode'],
  queueMs: 1,
  decodeMs: 2,
  inferMs: 3,
});

interface Call {
  readonly path: string;
  readonly spaces: readonly Space[];
  succeed(value?: number): void;
  fail(error: Error): void;
}

/** Each call of the embedder behind the cache, to be settled by the test. */
let calls: Call[];
let hits: number;
let cached: Embedder;

const inner: Embedder = {
  admit: () => [],
  embedWindows: () => Promise.reject(new Error('not asked for')),
  embedContours: () => Promise.reject(new Error('not asked for')),
  queuedWindows: () => 0,
  embed: (path, spaces, { signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<RecordingEmbedding[]>();
    signal.addEventListener('abort', () => reject(signal.reason));
    const succeed = (value = 1): void => resolve(spaces.map((space) => embeddingOf(space, value)));
    calls.push({ path, spaces, succeed, fail: reject });
    return promise;
  },
};
const create = (maxBytes = 1e6): Embedder => createCachingEmbedder(inner, { maxBytes, onHit: () => void hits++ });

beforeEach(() => {
  calls = [];
  hits = 0;
  cached = create();
});

const options = (more: Partial<EmbedOptions> = {}): EmbedOptions => ({
  sha256: 'f'.repeat(64),
  priority: 'interactive',
  signal: new AbortController().signal,
  ...more,
});
const cacheOf = (results: readonly RecordingEmbedding[]): unknown[] => results.map((result) => result.cache);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Embeds and lets the one call behind the cache succeed. */
async function fill(spaces: readonly Space[], more: Partial<EmbedOptions> = {}): Promise<void> {
  const before = calls.length;
  const answer = cached.embed('/a', spaces, options(more));
  await turn();
  for (const call of calls.slice(before)) call.succeed();
  await answer;
}

describe('the cache', () => {
  test('gives the result of the same content and options again, without the times of the first', async () => {
    await fill([one]);
    const [again] = await cached.embed('/b', [one], options({ priority: 'bulk' }));
    expect(again).toMatchObject({
      cache: 'hit',
      vector: new Float32Array(8).fill(1),
      queueMs: 0,
      decodeMs: 0,
      inferMs: 0,
    });
    expect([calls.length, hits]).toEqual([1, 1]);
  });

  test('tells what vectors are for apart where it makes a difference: in a space of melodies', async () => {
    const tune = { ...spaceOf('tune-1', 'cccccccccccc'), card: { ...tinyCard(), melody: {} } } as unknown as Space;
    await fill([one, tune]);
    await fill([one, tune], { inputType: 'search' });
    expect(calls.map(({ spaces }) => spaces)).toEqual([[one, tune], [tune]]);
    await fill([one, tune], { inputType: 'ingest' });
    await fill([one, tune], { inputType: 'search' });
    expect(calls).toHaveLength(2);
  });

  test.each([
    ['content', { sha256: '0'.repeat(64) }],
    ['hop', { hopSeconds: 0.5 }],
    ['pooling', { pooling: 'max' }],
    ['offset', { offsetSeconds: 1 }],
    ['duration', { durationSeconds: 1 }],
    ['peaks', { peaks: 10 }],
    ['window', { windowSeconds: 1 }],
  ] as const)('another %s is another result', async (_name, more) => {
    await fill([one]);
    await fill([one], more);
    expect(calls).toHaveLength(2);
  });

  test('another fingerprint of the same space is another result', async () => {
    await fill([one]);
    await fill([spaceOf('tiny-1', 'cccccccccccc')]);
    expect(calls).toHaveLength(2);
  });

  test.each([
    ['asked to bypass it', { isCacheBypassed: true }],
    ['without a sum of the content', { sha256: undefined }],
    ['watching the segments come', { onSegment: () => undefined } as Partial<EmbedOptions>],
  ])('%s, everything is computed and nothing kept', async (_name, more) => {
    await fill([one], more);
    await fill([one], more);
    await fill([one]);
    expect([calls.length, hits]).toEqual([3, 0]);
  });

  test('of several spaces only those not known are computed, in one pass, and answers keep their order', async () => {
    await fill([other]);
    const answer = cached.embed('/a', [one, other], options());
    await turn();
    expect(calls[1]?.spaces).toEqual([one]);
    calls[1]?.succeed();
    const results = await answer;
    expect(results.map(({ space }) => space)).toEqual([one, other]);
    expect(cacheOf(results)).toEqual(['miss', 'hit']);
  });

  test('failures are not kept', async () => {
    const failing = cached.embed('/a', [one], options());
    await turn();
    calls[0]?.fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await fill([one]);
    expect(calls).toHaveLength(2);
  });

  test('what is too much for the bytes given goes, oldest first', async () => {
    cached = create(1000);
    for (const sha256 of ['a', 'b', 'c', 'd']) await fill([one], { sha256 });
    await fill([one], { sha256: 'd' });
    expect(calls).toHaveLength(4);
    await fill([one], { sha256: 'a' });
    expect(calls).toHaveLength(5);
  });
});

describe('equal requests at the same time', () => {
  test('share one computation', async () => {
    const answers = ['/a', '/b', '/c'].map((path) => cached.embed(path, [one], options()));
    await turn();
    expect(calls).toHaveLength(1);
    calls[0]?.succeed(7);
    const results = await Promise.all(answers);
    expect(results.map(([result]) => [result?.cache, result?.vector?.[0]])).toEqual([
      ['miss', 7],
      ['hit', 7],
      ['hit', 7],
    ]);
  });

  test('share its failure', async () => {
    const answers = [cached.embed('/a', [one], options()), cached.embed('/b', [one], options())];
    await turn();
    calls[0]?.fail(new Error('broken'));
    for (const result of await Promise.allSettled(answers))
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'broken' } });
    expect(calls).toHaveLength(1);
  });

  test('when the first client leaves, the next takes over with its own file, and the others wait for that', async () => {
    const leaving = new AbortController();
    const first = cached.embed('/a', [one], options({ signal: leaving.signal }));
    const second = cached.embed('/b', [one], options());
    const third = cached.embed('/c', [one], options());
    await turn();
    leaving.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await turn();
    expect(calls.map(({ path }) => path)).toEqual(['/a', '/b']);
    calls[1]?.succeed();
    expect(cacheOf([...(await second), ...(await third)])).toEqual(['miss', 'hit']);
    expect(calls).toHaveLength(2);
  });

  test('who is turned away for having little time does not take those along who have more', async () => {
    const hurried = cached.embed('/a', [one], options({ deadlineAt: 1000 }));
    const alike = cached.embed('/b', [one], options({ deadlineAt: 1000 }));
    const patient = [2000, undefined].map((deadlineAt) => cached.embed('/c', [one], options({ deadlineAt })));
    await turn();
    calls[0]?.fail(new ServiceError('queue_full', 'the line is long'));
    for (const turnedAway of [hurried, alike]) await expect(turnedAway).rejects.toThrow('the line is long');
    await turn();
    calls[1]?.succeed();
    expect((await Promise.all(patient)).map(cacheOf)).toEqual([['miss'], ['hit']]);
    expect(calls).toHaveLength(2);
  });

  test('a waiting client that leaves disturbs nobody', async () => {
    const leaving = new AbortController();
    const first = cached.embed('/a', [one], options());
    const second = cached.embed('/b', [one], options({ signal: leaving.signal }));
    await turn();
    leaving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    calls[0]?.succeed();
    expect(cacheOf(await first)).toEqual(['miss']);
  });

  test('who waits for an answer does not wait behind a bulk run', async () => {
    const bulk = cached.embed('/a', [one], options({ priority: 'bulk' }));
    const interactive = cached.embed('/b', [one], options());
    await turn();
    expect(calls).toHaveLength(2);
    for (const call of calls) call.succeed();
    await Promise.all([bulk, interactive]);
  });
});
