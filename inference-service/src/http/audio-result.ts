// SPDX-License-Identifier: Apache-2.0
import type { AudioEmbeddingResult, WireSegment } from '../contract/embeddings.ts';
import type { RecordingEmbedding } from '../core/embedder.ts';
import { encodeVector, type VectorEncoding } from '../core/encode-vector.ts';

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function wireSegments(result: RecordingEmbedding, encoding: VectorEncoding): WireSegment[] {
  const { sampleRateHz } = result.space.card.input;
  const toMs = (sample: number): number => result.offsetMs + Math.round((sample * 1000) / sampleRateHz);
  return result.segments.map(({ startSample, endSample, vector }) => ({
    start_ms: toMs(startSample),
    end_ms: toMs(endSample),
    embedding: vector && encodeVector(vector, encoding),
  }));
}

/** One space's answer on the wire. Segment times count from the start of the recording, whatever the offset was. */
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
    ...(options.withSegments ? { segments: wireSegments(result, options.encoding) } : {}),
    decode: result.decode,
    outputs: {},
    timing: {
      queue_ms: tenths(result.queueMs),
      decode_ms: tenths(result.decodeMs),
      infer_ms: tenths(result.inferMs),
    },
  };
}
