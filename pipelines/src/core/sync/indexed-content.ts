// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import { decodePitch } from '@earshot/models/melody';
import type { EmbeddedRecording, HeardPitch } from '../../ports/embedder.ts';
import type { IndexedContent, VectorShape } from '../../ports/sync-index.ts';

/** What the bytes of a recording alone decide about its document in one space: vectors, segments, pitch, decode facts. */
export type RecordingContent = Omit<EmbeddedRecording, 'timing' | 'melody'> & {
  readonly melody?: Pick<HeardPitch, 'pitch' | 'hopMs'>;
};

type Segment = RecordingContent['segments'][number];

function fromBase64(text: string, dims: number): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 4 * dims) return undefined;
  return Float32Array.from({ length: dims }, (_, i) => bytes.readFloatBE(4 * i));
}

/** base64 of big-endian float32 or numbers, whichever the document was written with; undefined unless whole and finite. */
function toVector(stored: unknown, dims: number): Float32Array | undefined {
  if (typeof stored === 'string') return fromBase64(stored, dims);
  if (!Array.isArray(stored) || stored.length !== dims) return undefined;
  const vector = Float32Array.from(stored as readonly number[]);
  return vector.every(Number.isFinite) ? vector : undefined;
}

function segmentsOf({ segments = [] }: IndexedContent, dims: number): Segment[] | undefined {
  const read: Segment[] = [];
  for (const { start_ms: startMs, end_ms: endMs, embedding: stored } of segments) {
    const embedding = toVector(stored, dims);
    if (!embedding || !Number.isFinite(startMs) || !Number.isFinite(endMs)) return undefined;
    read.push({ startMs, endMs, embedding });
  }
  return read;
}

function decodeOf(audio: Partial<AudioDocument['audio']>): RecordingContent['decode'] | undefined {
  const { container, codec, sample_rate_hz, channels, loudness_dbfs, peaks } = audio;
  if (container === undefined || codec === undefined || sample_rate_hz === undefined || channels === undefined)
    return undefined;
  return {
    container,
    codec,
    sample_rate_hz,
    channels,
    loudness_dbfs: loudness_dbfs ?? null,
    ...(peaks ? { peaks } : {}),
    truncated: false,
    warnings: [],
  };
}

type Vectors = Pick<RecordingContent, 'embedding' | 'segments' | 'melody'>;

function melodyOf({ melody }: IndexedContent): RecordingContent['melody'] {
  const { pitch, hop_ms: hopMs } = melody ?? {};
  if (typeof pitch !== 'string' || typeof hopMs !== 'number') return undefined;
  try {
    return { pitch: decodePitch(pitch), hopMs };
  } catch {
    // Not base64: somebody else wrote it.
    return undefined;
  }
}

/** In a space of melodies nothing is whole without its pitch track. */
function withMelody(document: IndexedContent, vectors: Vectors, { hasMelody }: VectorShape): Vectors | undefined {
  if (!hasMelody) return vectors;
  const melody = melodyOf(document);
  return melody && { ...vectors, melody };
}

/** Vectors as the status promises them; undefined when something is missing or odd. */
function vectorsOf(document: IndexedContent, shape: VectorShape): Vectors | undefined {
  const { dims, hasTrackVector } = shape;
  if (document.audio?.status !== 'ready') {
    const isBare = document.embedding === undefined && (document.segments ?? []).length === 0;
    return isBare ? { embedding: null, segments: [] } : undefined;
  }
  const segments = segmentsOf(document, dims);
  if (!segments) return undefined;
  if (!hasTrackVector)
    return segments.length > 0 ? withMelody(document, { embedding: null, segments }, shape) : undefined;
  const embedding = toVector(document.embedding, dims);
  return embedding && withMelody(document, { embedding, segments }, shape);
}

/**
 * Reads the content back out of a document, bit for bit as it was written.
 * @returns undefined when anything is missing or odd: the recording is then embedded again
 */
export function readIndexedContent(document: IndexedContent, shape: VectorShape): RecordingContent | undefined {
  const { audio, space } = document;
  const decode = audio && decodeOf(audio);
  const vectors = vectorsOf(document, shape);
  const isWhole = audio?.status !== undefined && typeof audio.duration_ms === 'number';
  if (!decode || !vectors || !isWhole || space?.id !== shape.space || space.fingerprint !== shape.fingerprint)
    return undefined;
  return {
    space: space.id,
    fingerprint: space.fingerprint,
    durationMs: audio.duration_ms,
    status: audio.status,
    ...vectors,
    decode,
  };
}
