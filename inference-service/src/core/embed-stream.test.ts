// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { createTinyQueue, runTiny } from '../testing/tiny-queue.ts';
import { createEmbedStream, type EmbedStreamOptions, type SamplesEmbedding } from './embed-stream.ts';
import { createVectorPool, lengthOf, toUnitLength } from './pool-vectors.ts';

const card = tinyCard();

const options = (overrides: Partial<EmbedStreamOptions> = {}): EmbedStreamOptions => ({
  queue: createTinyQueue(),
  hopSamples: 4000,
  pooling: 'mean',
  priority: 'interactive',
  signal: new AbortController().signal,
  keepSegments: true,
  ...overrides,
});

async function embed(
  samples: Float32Array,
  overrides: Partial<EmbedStreamOptions> = {},
  of: Card = card,
): Promise<SamplesEmbedding> {
  const stream = createEmbedStream(of, options(overrides));
  for (let at = 0; at < samples.length; at += 3000) await stream.write(samples.subarray(at, at + 3000));
  return stream.finish();
}

const noise = (samples: number, level: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => (n % 2 ? level : -level));

test('vectors have length one, and windows without sound take no part', async () => {
  const samples = new Float32Array(20_000);
  samples.set(noise(1000, 0.5), 0);
  const result = await embed(samples);
  expect(result).toMatchObject({ status: 'ready', windowCount: 4, totalSamples: 20_000 });
  expect(result.segments.map((segment) => segment.vector !== null)).toEqual([true, false, false, false]);
  expect(result.segments.at(-1)).toMatchObject({ startSample: 12_000, endSample: 20_000 });
  expect(lengthOf(result.vector!)).toBeCloseTo(1, 6);
  expect([...result.vector!]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
});

test('windows are pooled as the graph gives them, and scaled to length one afterwards', async () => {
  const vectors = [3, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0];
  const queue = createTinyQueue({ run: async () => ({ vectors: Float32Array.from(vectors), inferMs: 1 }) });
  const result = await embed(noise(12_000, 0.5), { queue });
  expect(result.segments.map(({ vector }) => [...vector!].slice(0, 2))).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(result.vector![0]).toBeCloseTo(0.6, 6);
  expect(result.vector![1]).toBeCloseTo(0.8, 6);
});

test('a silent recording is silent: no vector, no inference', async () => {
  const result = await embed(noise(16_000, 0.00005));
  expect(result).toMatchObject({ status: 'silent', vector: null, inferMs: 0 });
  expect(result.segments.every((segment) => segment.vector === null)).toBe(true);
});

test('a recording below the shortest the card takes is refused with both lengths', async () => {
  await expect(embed(noise(799, 1))).rejects.toMatchObject({
    code: 'audio_too_short',
    message: expect.stringContaining('tiny-1 needs 0.1 s'),
  });
});

test('pooling none and spaces with segment vectors only give no track vector', async () => {
  const samples = noise(12_000, 0.5);
  expect((await embed(samples, { pooling: 'none' })).vector).toBeNull();
  const result = await embed(samples, {}, { ...card, hasTrackVector: false });
  expect(result.vector).toBeNull();
  expect(result.status).toBe('ready');
});

test('a long recording passes in blocks: segments come in order and need not be kept', async () => {
  const starts: number[] = [];
  const queue = createTinyQueue({ maxBatchesInFlight: () => 3 });
  const samples = noise(8000 * 300, 0.5);
  const onSegment = (segment: { readonly startSample: number }): undefined => void starts.push(segment.startSample);
  const streamed = await embed(samples, { queue, keepSegments: false, onSegment });
  expect(streamed).toMatchObject({ windowCount: 599, segments: [] });
  expect(starts).toEqual(Array.from({ length: 599 }, (_, index) => index * 4000));
  const whole = await embed(samples, { queue });
  expect([...streamed.vector!]).toEqual([...whole.vector!]);
  expect(queue.queuedWindows).toBe(0);
});

test('samples are not taken while the queue is behind, and whoever takes the segments sets the pace too', async () => {
  const slow = Promise.withResolvers<void>();
  const stream = createEmbedStream(card, options({ onSegment: () => slow.promise }));
  let taken = 0;
  const block = noise(8000 * 40, 0.5);
  for (let wait = stream.write(block); wait === undefined; wait = stream.write(block)) taken += 1;
  expect(taken).toBeLessThan(5);
  slow.resolve();
  await stream.finish();
});

test('a failure of one block ends the whole recording', async () => {
  let calls = 0;
  const queue = createTinyQueue({
    run: (windows, count) => {
      calls += 1;
      return calls === 3 ? Promise.reject(new Error('host died')) : runTiny(windows, count);
    },
  });
  await expect(embed(noise(8000 * 200, 0.5), { queue })).rejects.toThrow('host died');
});

test('mean and max pool element by element; no direction gives null', () => {
  const pool = (pooling: 'mean' | 'max'): number[] => {
    const vectors = createVectorPool(2, pooling);
    vectors.add(Float32Array.of(1, -3));
    vectors.add(Float32Array.of(3, -1));
    return [...vectors.result()!];
  };
  expect(pool('mean')).toEqual([2, -2]);
  expect(pool('max')).toEqual([3, -1]);
  expect(createVectorPool(2, 'mean').result()).toBeNull();
  expect(toUnitLength(new Float32Array(4))).toBeNull();
});
