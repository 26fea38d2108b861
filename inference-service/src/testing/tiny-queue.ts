// SPDX-License-Identifier: Apache-2.0
import { BatchQueue, type BatchQueueOptions } from '../core/batch-queue.ts';

/** What the tiny graph does, without a host: mean absolute value of each eighth of a window of 8,000 samples. */
export const runTiny: BatchQueueOptions['run'] = (windows, count) => {
  const vectors = new Float32Array(count * 8);
  for (const [index, value] of windows.entries()) {
    const part = Math.floor(index / 1000);
    vectors[part] = (vectors[part] ?? 0) + Math.abs(value) / 1000;
  }
  return Promise.resolve({ vectors, inferMs: 2 });
};

/** The queue of the tiny space, answered at once. */
export const createTinyQueue = (overrides: Partial<BatchQueueOptions> = {}): BatchQueue =>
  new BatchQueue({
    space: 'tiny-1',
    dims: 8,
    windowSamples: 8000,
    maxQueueWindows: 100,
    maxBatchWindows: () => 2,
    maxBatchesInFlight: () => 1,
    holdMs: 0,
    run: runTiny,
    ...overrides,
  });
