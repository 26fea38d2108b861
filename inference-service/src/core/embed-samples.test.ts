// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { BatchQueue } from './batch-queue.ts';
import { copyWindow } from './copy-window.ts';
import { embedSamples } from './embed-samples.ts';
import { lengthOf, poolVectors, toUnitLength } from './pool-vectors.ts';

const card = tinyCard();

/** Vector of a window: mean absolute value of each eighth. */
const queue = new BatchQueue({
  space: card.id,
  dims: 8,
  windowSamples: 8000,
  maxQueueWindows: 100,
  maxBatchWindows: () => 2,
  run: (windows, count) => {
    const vectors = new Float32Array(count * 8);
    for (const [index, value] of windows.entries()) vectors[Math.floor(index / 1000)]! += Math.abs(value) / 1000;
    return Promise.resolve({ vectors, inferMs: 2 });
  },
});

const options = {
  queue,
  hopSamples: 4000,
  pooling: 'mean' as const,
  priority: 'interactive' as const,
  signal: new AbortController().signal,
};
const noise = (samples: number, level: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => (n % 2 ? level : -level));

test('vectors have length one, and windows without sound take no part', async () => {
  const samples = new Float32Array(20_000);
  samples.set(noise(1000, 0.5), 0);
  const result = await embedSamples(card, samples, options);
  expect(result.status).toBe('ready');
  expect(result.segments.map((segment) => segment.vector !== null)).toEqual([true, false, false, false]);
  expect(result.segments.at(-1)).toMatchObject({ startSample: 12_000, endSample: 20_000 });
  expect(lengthOf(result.vector!)).toBeCloseTo(1, 6);
  expect([...result.vector!]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
});

test('a silent recording is silent: no vector, no inference', async () => {
  const result = await embedSamples(card, noise(16_000, 0.00005), options);
  expect(result).toMatchObject({ status: 'silent', vector: null, inferMs: 0 });
  expect(result.segments.every((segment) => segment.vector === null)).toBe(true);
});

test('a recording below the shortest the card takes is refused with both lengths', async () => {
  await expect(embedSamples(card, noise(799, 1), options)).rejects.toMatchObject({
    code: 'audio_too_short',
    message: expect.stringContaining('tiny-1 needs 0.1 s'),
  });
});

test('pooling none and spaces with segment vectors only give no track vector', async () => {
  const samples = noise(12_000, 0.5);
  expect((await embedSamples(card, samples, { ...options, pooling: 'none' })).vector).toBeNull();
  const melodic = { ...card, hasTrackVector: false };
  const result = await embedSamples(melodic, samples, options);
  expect(result.vector).toBeNull();
  expect(result.status).toBe('ready');
});

test('a short recording is padded by zeros or by itself', () => {
  const samples = Float32Array.of(1, 2, 3);
  const into = new Float32Array(8).fill(9);
  copyWindow(samples, 0, { into, at: 1, windowSamples: 7, padding: 'repeat' });
  expect([...into]).toEqual([9, 1, 2, 3, 1, 2, 3, 1]);
  copyWindow(samples, 0, { into, at: 1, windowSamples: 7, padding: 'zero' });
  expect([...into]).toEqual([9, 1, 2, 3, 0, 0, 0, 0]);
});

test('mean and max pool element by element; no direction gives null', () => {
  const vectors = [Float32Array.of(1, -3), Float32Array.of(3, -1)];
  expect([...poolVectors(vectors, 'mean')]).toEqual([2, -2]);
  expect([...poolVectors(vectors, 'max')]).toEqual([3, -1]);
  expect(toUnitLength(new Float32Array(4))).toBeNull();
});
