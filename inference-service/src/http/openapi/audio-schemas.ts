// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type {
  AudioEmbeddingResult,
  AudioEmbeddingResults,
  MelodyOutput,
  StreamHeader,
  StreamSegment,
  StreamSummary,
  WireSegment,
} from '../../contract/embeddings.ts';

/** Answers of `POST /v1/audio/embeddings`, held against the types that its clients import. */

const milliseconds = z.int().nonnegative();
const fingerprint = z.string().meta({ pattern: '^[0-9a-f]{12}$', description: 'Of graph, card and decoding' });

const wireVector = z
  .union([z.array(z.number()), z.string()])
  .nullable()
  .describe('Numbers, or base64 of little-endian float32 with encoding=base64; null where nothing sounds');

const segmentFields = { start_ms: milliseconds, end_ms: milliseconds, embedding: wireVector };

export const wireSegment = z.strictObject(segmentFields) satisfies z.ZodType<WireSegment>;

const decodeInfo = z.strictObject({
  container: z.string(),
  codec: z.string(),
  sample_rate_hz: z.number().describe('Of the file, before resampling'),
  channels: z.number(),
  loudness_dbfs: z.number().nullable().describe('RMS level; null for digital silence'),
  peaks: z.array(z.int().min(0).max(127)).exactOptional(),
  truncated: z.boolean(),
  warnings: z.array(z.string()),
});

const melodyOutput = z.strictObject({
  source: z.enum(['monophonic', 'dominant']).describe('A single voice, or the loudest line of a mix'),
  hop_ms: z.number().positive(),
  pitch: z.array(z.number().nullable()).describe('MIDI semitones a frame; null where nothing is voiced'),
  heard: z.strictObject({
    duration_s: z.number(),
    voiced_share: z.number(),
    notes: z.int().nonnegative(),
    range_semitones: z.number(),
    stable_share: z.number(),
  }),
  reason: z.string().nullable().describe('Why it is no melody'),
}) satisfies z.ZodType<MelodyOutput>;

const resultFields = {
  model: z.string(),
  fingerprint,
  dims: z.int().positive(),
  duration_ms: milliseconds.describe('Of the part that was looked at'),
  silent: z.boolean(),
  status: z.enum(['ready', 'silent', 'no_melody']),
  embedding: wireVector,
  segments: z.array(wireSegment).exactOptional(),
  decode: decodeInfo,
  outputs: z.strictObject({ melody: melodyOutput.exactOptional() }).describe('Besides vectors'),
  timing: z.strictObject({ queue_ms: z.number(), decode_ms: z.number(), infer_ms: z.number() }),
};

export const audioEmbeddingResult = z.strictObject(resultFields) satisfies z.ZodType<AudioEmbeddingResult>;

export const audioEmbeddingResults = z.strictObject({
  results: z.array(audioEmbeddingResult),
}) satisfies z.ZodType<AudioEmbeddingResults>;

export const streamHeader = z.strictObject({
  event: z.literal('header'),
  models: z.array(
    z.strictObject({
      model: z.string(),
      fingerprint,
      dims: z.int().positive(),
      window_ms: milliseconds,
      hop_ms: milliseconds,
    }),
  ),
}) satisfies z.ZodType<StreamHeader>;

export const streamSegment = z.strictObject({
  event: z.literal('segment'),
  model: z.string(),
  ...segmentFields,
}) satisfies z.ZodType<StreamSegment>;

export const streamSummary = z.strictObject({
  event: z.literal('summary'),
  ...resultFields,
}) satisfies z.ZodType<StreamSummary>;
