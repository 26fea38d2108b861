// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { createTinyQueue } from '../testing/tiny-queue.ts';
import { embedWindows } from './embed-windows.ts';

const card = tinyCard();
const queue = createTinyQueue();
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
