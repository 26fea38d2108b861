// SPDX-License-Identifier: Apache-2.0
import type { Card, Pooling } from '@earshot/models';
import type { RecordingStatus } from '../contract/embeddings.ts';
import type { BatchQueue } from './batch-queue.ts';
import { copyWindow } from './copy-window.ts';
import { finishVector } from './finish-vector.ts';
import { isSilent } from './is-silent.ts';
import { planWindows } from './plan-windows.ts';
import { poolVectors } from './pool-vectors.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

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
  readonly segments: readonly SegmentVector[];
  readonly queueMs: number;
  readonly inferMs: number;
}

export interface EmbedSamplesOptions {
  readonly hopSamples: number;
  readonly pooling: Pooling | 'none';
  readonly priority: Priority;
  readonly signal: AbortSignal;
}

function assertLongEnough(card: Card, samples: Float32Array): void {
  const { minSamples, sampleRateHz } = card.input;
  if (samples.length >= minSamples) return;
  const seconds = (count: number): string => `${Number((count / sampleRateHz).toFixed(3))} s`;
  throw new ServiceError(
    'audio_too_short',
    `The recording is ${seconds(samples.length)} long; ${card.id} needs ${seconds(minSamples)}`,
  );
}

function poolSegments(card: Card, vectors: readonly Float32Array[], pooling: Pooling | 'none'): Float32Array | null {
  const [first] = vectors;
  if (!first || pooling === 'none' || !card.hasTrackVector) return null;
  // Windows that cancel each other out leave no direction: the first one stands for the recording.
  return finishVector(card, poolVectors(vectors, pooling), true) ?? first;
}

/** Samples of one recording → windows → vectors → one vector. Windows without sound take no part. */
export async function embedSamples(
  card: Card,
  samples: Float32Array,
  options: EmbedSamplesOptions & { readonly queue: BatchQueue },
): Promise<SamplesEmbedding> {
  assertLongEnough(card, samples);
  const { windowSamples, padding } = card.input;
  const spans = planWindows(samples.length, windowSamples, options.hopSamples).map((startSample) => ({
    startSample,
    endSample: Math.min(startSample + windowSamples, samples.length),
  }));
  const sounding = spans.filter((span) => !isSilent(samples, span.startSample, span.endSample));
  const silent = spans.map((span) => ({ ...span, vector: null }));
  if (sounding.length === 0) return { status: 'silent', vector: null, segments: silent, queueMs: 0, inferMs: 0 };
  const output = await options.queue.submit({
    count: sounding.length,
    priority: options.priority,
    signal: options.signal,
    copyWindow: (index, into, at) =>
      copyWindow(samples, sounding[index]?.startSample ?? 0, { into, at, windowSamples, padding }),
  });
  const vectors = output.vectors.map((vector) => finishVector(card, vector, false));
  const bySpan = new Map(sounding.map((span, index) => [span, vectors[index] ?? null]));
  const usable = vectors.filter((vector) => vector !== null);
  return {
    status: usable.length > 0 ? 'ready' : 'silent',
    vector: poolSegments(card, usable, options.pooling),
    segments: spans.map((span) => ({ ...span, vector: bySpan.get(span) ?? null })),
    queueMs: output.queueMs,
    inferMs: output.inferMs,
  };
}
