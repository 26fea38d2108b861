// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import type { BatchQueue } from './batch-queue.ts';
import { finishVector } from './finish-vector.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';
import type { FlowTimes } from './window-flow.ts';

/** The queue of the graph that embeds contours. */
export type ContourQueue = Pick<BatchQueue, 'submit'>;

export interface ContourJob {
  readonly count: number;
  /** float32 [points]; asked for when a batch is made up, so contours are never all in memory. */
  contourOf(index: number): Float32Array;
  /** Takes the vectors in order; while its promise is pending nothing further is given. */
  take(index: number, vector: Float32Array): Promise<void> | undefined;
}

interface EmbedContoursOptions {
  readonly queue: ContourQueue;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** The rest of something that was let in before: it waits for room, however long that takes. */
  readonly isContinuation: boolean;
}

/** Contours that are in the queue together. */
const BLOCK_CONTOURS = 512;

/**
 * Contours → vectors, block by block.
 * @throws ServiceError what the queue throws; internal_error for a vector without direction
 */
export async function embedContours(
  card: Card,
  { count, contourOf, take }: ContourJob,
  { queue, priority, signal, isContinuation }: EmbedContoursOptions,
): Promise<FlowTimes> {
  let [queueMs, inferMs] = [0, 0];
  for (let first = 0; first < count; first += BLOCK_CONTOURS) {
    const output = await queue.submit({
      count: Math.min(BLOCK_CONTOURS, count - first),
      ...{ priority, signal, isContinuation: isContinuation || first > 0 },
      copyWindow: (index, into, at) => into.set(contourOf(first + index), at),
    });
    queueMs += output.queueMs;
    inferMs += output.inferMs;
    for (const [index, raw] of output.vectors.entries()) {
      const vector = finishVector(card, raw, false);
      if (!vector) throw new ServiceError('internal_error', `The contour graph of ${card.id} gave no direction`);
      await take(first + index, vector);
    }
  }
  return { queueMs, inferMs };
}
