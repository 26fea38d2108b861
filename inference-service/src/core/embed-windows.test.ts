// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { BatchQueue } from './batch-queue.ts';
import { embedWindows } from './embed-windows.ts';

const card = tinyCard();
const queue = new BatchQueue({
  space: card.id,
  dims: 8,
  windowSamples: 8000,
  maxQueueWindows: 100,
  maxBatchWindows: () => 2,
  maxBatchesInFlight: () => 1,
  holdMs: 0,
  run: (windows, count) => {
    const vectors = new Float32Array(count * 8);
    for (const [index, value] of windows.entries()) vectors[Math.floor(index / 1000)]! += Math.abs(value) / 1000;
    return Promise.resolve({ vectors, inferMs: 2 });
  },
});
const options = { queue, priority: 'interactive' as const, signal: new AbortController().signal };

test('windows keep their order and get unit vectors', async () => {
  const windows = new Float32Array(24_000);
  for (const index of [0, 1, 2]) windows.fill(0.5, index * 9000, index * 9000 + 1000);
  const { vectors } = await embedWindows(card, { windows, count: 3 }, options);
  expect(vectors.map((vector) => vector.indexOf(1))).toEqual([0, 1, 2]);
});

test('a silent window is named, not answered', async () => {
  const windows = new Float32Array(16_000).fill(0.5, 0, 8000);
  await expect(embedWindows(card, { windows, count: 2 }, options)).rejects.toMatchObject({
    code: 'silent_audio',
    param: 'window[1]',
  });
});
