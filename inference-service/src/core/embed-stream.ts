// SPDX-License-Identifier: Apache-2.0
import type { Card, Pooling } from '@earshot/models';
import type { HeardMelody } from '@earshot/models/melody';
import type { RecordingStatus } from '../contract/embeddings.ts';
import type { BatchQueue } from './batch-queue.ts';
import { finishVector } from './finish-vector.ts';
import { createVectorPool } from './pool-vectors.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';
import { createWindowCutter, type Window } from './window-cutter.ts';
import { createWindowFlow } from './window-flow.ts';

export interface SegmentVector {
  /** Samples from the start of the part given. */
  readonly startSample: number;
  readonly endSample: number;
  /** null where nothing sounds. */
  readonly vector: Float32Array | null;
}

export interface SamplesEmbedding {
  readonly status: RecordingStatus;
  /** Track vector; null for silence, for `pooling: none` and for spaces that have segment vectors only. */
  readonly vector: Float32Array | null;
  /** Empty when they were not to be kept. */
  readonly segments: readonly SegmentVector[];
  /** Windows, silent ones included. */
  readonly windowCount: number;
  readonly totalSamples: number;
  readonly queueMs: number;
  readonly inferMs: number;
  /** In a space of melodies. */
  readonly melody?: HeardMelody;
}

export interface EmbedStreamOptions {
  readonly queue: Pick<BatchQueue, 'submit'>;
  readonly hopSamples: number;
  readonly pooling: Pooling | 'none';
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Keep the segments for the result: their number grows with the recording. */
  readonly keepSegments: boolean;
  /** Takes each segment in order as it is done; while its promise is pending, no further samples are taken. */
  readonly onSegment?: ((segment: SegmentVector) => Promise<void> | undefined) | undefined;
}

/** The way of one recording into one space: samples → windows → vectors → one vector, in flat memory. */
export interface EmbedStream {
  /** @returns a promise while there is more under way than should be: write again when it resolves */
  write(samples: Float32Array): Promise<void> | undefined;
  /** @throws ServiceError audio_too_short; what the queue throws */
  finish(): Promise<SamplesEmbedding>;
}

/** @throws ServiceError audio_too_short */
export function assertLongEnough(card: Card, totalSamples: number): void {
  const { minSamples, sampleRateHz } = card.input;
  if (totalSamples >= minSamples) return;
  const seconds = (count: number): string => `${Number((count / sampleRateHz).toFixed(3))} s`;
  throw new ServiceError(
    'audio_too_short',
    `The recording is ${seconds(totalSamples)} long; ${card.id} needs ${seconds(minSamples)}`,
  );
}

/** Windows without sound take no part. After a failure the stream is of no further use. */
export function createEmbedStream(card: Card, options: EmbedStreamOptions): EmbedStream {
  const { queue, hopSamples, pooling, priority, signal, keepSegments, onSegment } = options;
  const pool = createVectorPool(card.dims, pooling === 'max' ? 'max' : 'mean');
  const segments: SegmentVector[] = [];
  let windowCount = 0;
  let firstVector: Float32Array | null = null;

  const take = ({ startSample, endSample }: Window, raw: Float32Array | null): Promise<void> | undefined => {
    const vector = raw && finishVector(card, raw, false);
    // As the graph gives them: those of loud, rich windows are longer, and weigh more in the recording's.
    if (raw && vector) pool.add(raw);
    windowCount += 1;
    firstVector ??= vector;
    const segment = { startSample, endSample, vector };
    if (keepSegments) segments.push(segment);
    return onSegment?.(segment);
  };

  const { windowSamples } = card.input;
  const cutter = createWindowCutter(card.input, hopSamples);
  const flow = createWindowFlow({ queue, cutter, windowSamples, priority, signal, take });

  const trackVector = (): Float32Array | null => {
    const pooled = pool.result();
    if (!pooled || pooling === 'none' || !card.hasTrackVector) return null;
    // Windows that cancel each other out leave no direction: the first one stands for the recording.
    return finishVector(card, pooled, true) ?? firstVector;
  };

  return {
    write: (samples) => flow.write(samples),
    finish: async () => {
      const { totalSamples } = flow;
      assertLongEnough(card, totalSamples);
      const times = await flow.finish();
      const status = firstVector ? 'ready' : 'silent';
      return { status, vector: trackVector(), segments, windowCount, totalSamples, ...times };
    },
  };
}
