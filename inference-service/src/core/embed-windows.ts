// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import type { BatchQueue } from './batch-queue.ts';
import { finishVector } from './finish-vector.ts';
import { isSilent } from './is-silent.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

export interface ReadyWindows {
  /** float32 [count × windowSamples], finite, at the sample rate of the space. */
  readonly windows: Float32Array;
  readonly count: number;
}

export interface WindowVectors {
  /** One a window, in order. */
  readonly vectors: readonly Float32Array[];
  readonly queueMs: number;
  readonly inferMs: number;
}

interface EmbedWindowsOptions {
  readonly queue: Pick<BatchQueue, 'submit'>;
  readonly priority: Priority;
  readonly signal: AbortSignal;
}

const silent = (index: number): ServiceError =>
  new ServiceError('silent_audio', `Window ${index} is silent and has no vector`, { param: `window[${index}]` });

/**
 * Windows that the caller has cut → vectors as the segments of a recording have them.
 * @throws ServiceError silent_audio naming the window: there is no vector that could stand for silence
 */
export async function embedWindows(
  card: Card,
  { windows, count }: ReadyWindows,
  { queue, priority, signal }: EmbedWindowsOptions,
): Promise<WindowVectors> {
  const { windowSamples } = card.input;
  for (let index = 0; index < count; index++)
    if (isSilent(windows.subarray(index * windowSamples, (index + 1) * windowSamples))) throw silent(index);
  const { vectors, queueMs, inferMs } = await queue.submit({
    count,
    priority,
    signal,
    copyWindow: (index, into, at) => into.set(windows.subarray(index * windowSamples, (index + 1) * windowSamples), at),
  });
  const finished = vectors.map((vector, index) => {
    const unit = finishVector(card, vector, false);
    if (!unit) throw silent(index);
    return unit;
  });
  return { vectors: finished, queueMs, inferMs };
}
