// SPDX-License-Identifier: Apache-2.0
import type { AudioEmbeddingResult, WireSegment } from '../contract/embeddings.ts';
import type { RecordingEmbedding, TimedSegment } from '../core/embedder.ts';
import { encodeVector, type VectorEncoding } from '../core/encode-vector.ts';

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** A window's vector on the wire. */
export function wireSegment({ startMs, endMs, vector }: TimedSegment, encoding: VectorEncoding): WireSegment {
  return { start_ms: startMs, end_ms: endMs, embedding: vector && encodeVector(vector, encoding) };
}

/** One space's answer on the wire. */
export function audioResult(
  result: RecordingEmbedding,
  options: { readonly encoding: VectorEncoding; readonly withSegments: boolean },
): AudioEmbeddingResult {
  const { card, fingerprint } = result.space;
  return {
    model: card.id,
    fingerprint,
    dims: card.dims,
    duration_ms: result.durationMs,
    silent: result.status === 'silent',
    status: result.status,
    embedding: result.vector && encodeVector(result.vector, options.encoding),
    ...(options.withSegments
      ? { segments: result.segments.map((segment) => wireSegment(segment, options.encoding)) }
      : {}),
    decode: result.decode,
    outputs: {},
    timing: {
      queue_ms: tenths(result.queueMs),
      decode_ms: tenths(result.decodeMs),
      infer_ms: tenths(result.inferMs),
    },
  };
}
