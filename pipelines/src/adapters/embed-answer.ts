// SPDX-License-Identifier: Apache-2.0
import type {
  AudioEmbeddingResult,
  AudioEmbeddingResults,
  EmbeddingsAnswer,
  ErrorBody,
  MelodyOutput,
  WireVector,
} from '@earshot/inference-service/contract';
import { EarshotError } from '../core/earshot-error.ts';
import type { EmbeddedRecording, EmbeddedSegment, HeardPitch } from '../ports/embedder.ts';

/** base64 of little-endian float32, or plain numbers, as a vector of its own memory. */
function toVector(wire: WireVector): Float32Array {
  if (typeof wire !== 'string') return Float32Array.from(wire);
  const bytes = Buffer.from(wire, 'base64');
  const vector = new Float32Array(bytes.length / 4);
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(i * 4);
  return vector;
}

function assertUsable(
  vector: Float32Array,
  { model, dims }: { readonly model: string; readonly dims?: number },
): Float32Array {
  if (dims !== undefined && vector.length !== dims)
    throw new EarshotError(
      'INFERENCE_ANSWER_INVALID',
      `${model}: a vector of ${vector.length} instead of ${dims} numbers`,
    );
  if (!vector.every(Number.isFinite))
    throw new EarshotError('INFERENCE_ANSWER_INVALID', `${model}: a vector that is not finite`);
  return vector;
}

function toHeardPitch({ source, hop_ms, pitch, heard, reason }: MelodyOutput): HeardPitch {
  return { source, hopMs: hop_ms, pitch: Float32Array.from(pitch, (value) => value ?? Number.NaN), heard, reason };
}

function toRecording(result: AudioEmbeddingResult): EmbeddedRecording {
  const segments: EmbeddedSegment[] = [];
  for (const { start_ms, end_ms, embedding } of result.segments ?? []) {
    if (embedding === null) continue;
    segments.push({ startMs: start_ms, endMs: end_ms, embedding: assertUsable(toVector(embedding), result) });
  }
  return {
    space: result.model,
    fingerprint: result.fingerprint,
    durationMs: result.duration_ms,
    status: result.status,
    embedding: result.embedding === null ? null : assertUsable(toVector(result.embedding), result),
    segments,
    ...(result.outputs?.melody ? { melody: toHeardPitch(result.outputs.melody) } : {}),
    decode: result.decode,
    timing: result.timing,
  };
}

/**
 * The service's answer, one recording a model in the order asked for; windows in which nothing sounds are left out.
 * @throws EarshotError INFERENCE_ANSWER_INVALID when a model is missing or a vector has other dims or is not finite
 */
export function readEmbedAnswer(body: unknown, models: readonly string[]): EmbeddedRecording[] {
  const answer = body as AudioEmbeddingResult | AudioEmbeddingResults;
  const results = 'results' in answer ? answer.results : [answer];
  return models.map((model) => {
    const result = results.find((one) => one.model === model);
    if (!result)
      throw new EarshotError('INFERENCE_ANSWER_INVALID', `The inference service gave no answer for ${model}`);
    return toRecording(result);
  });
}

/**
 * The service's answer to one text.
 * @throws EarshotError INFERENCE_ANSWER_INVALID when it has no fingerprint, no vector or one that is not finite
 */
export function readTextAnswer(
  body: unknown,
  model: string,
): { readonly fingerprint: string; readonly vector: Float32Array } {
  const { fingerprint, data } = body as Partial<EmbeddingsAnswer>;
  const wire = data?.[0]?.embedding;
  if (typeof fingerprint === 'string' && wire !== undefined)
    return { fingerprint, vector: assertUsable(toVector(wire), { model }) };
  throw new EarshotError('INFERENCE_ANSWER_INVALID', `The inference service gave no vector of the words for ${model}`);
}

/** Code and message of an error body; a proxy's page gives `http_<status>`. */
export function readErrorBody(text: string, status: number): { readonly code: string; readonly message: string } {
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    if (typeof error.code === 'string') return { code: error.code, message: error.message };
  } catch {
    // not one of ours: fall through
  }
  return { code: `http_${status}`, message: text.slice(0, 200) || `HTTP status ${status}` };
}
