// SPDX-License-Identifier: Apache-2.0
import { frameHopMs, type HeardMelody } from '@earshot/models/melody';
import type { Space } from '@earshot/models/registry';
import type { AudioEmbeddingResult, MelodyOutput, WireSegment } from '../contract/embeddings.ts';
import type { RecordingEmbedding, TimedSegment } from '../core/embedder.ts';
import { encodeVector, type VectorEncoding } from '../core/encode-vector.ts';

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** A window's vector on the wire. */
export function wireSegment({ startMs, endMs, vector }: TimedSegment, encoding: VectorEncoding): WireSegment {
  return { start_ms: startMs, end_ms: endMs, embedding: vector && encodeVector(vector, encoding) };
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** What a space of melodies heard. */
function melodyOutput({ source, pitch, measures, reason }: HeardMelody, { card }: Space): MelodyOutput {
  return {
    source,
    hop_ms: card.melody ? frameHopMs({ ...card, melody: card.melody }) : 0,
    pitch: Array.from(pitch, (value) => (Number.isNaN(value) ? null : rounded(value, 2))),
    heard: {
      duration_s: rounded(measures.durationSeconds, 2),
      voiced_share: rounded(measures.voicedShare, 3),
      notes: measures.notes,
      range_semitones: rounded(measures.rangeSemitones, 2),
      stable_share: rounded(measures.stableShare, 3),
    },
    reason,
  };
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
    outputs: result.melody ? { melody: melodyOutput(result.melody, result.space) } : {},
    timing: {
      queue_ms: tenths(result.queueMs),
      decode_ms: tenths(result.decodeMs),
      infer_ms: tenths(result.inferMs),
    },
  };
}
