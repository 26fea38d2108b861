// SPDX-License-Identifier: Apache-2.0
import type { AudioEmbeddingResult, InputType, MelodyOutput, ServiceInfo } from '@earshot/inference-service/contract';

export interface EmbedRequest {
  /** Fresh for each attempt: retries replay it. A chunk may be overwritten when the next one is asked for. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly length: number;
  /** Space ids; the recording is decoded once for all of them. */
  readonly models: readonly string[];
  readonly priority: 'interactive' | 'bulk';
  readonly fromSeconds?: number;
  readonly toSeconds?: number;
  /** Default `ingest`; only spaces of melodies heed it: `search` gives versions of a query as segments, and the whole's vector. */
  readonly inputType?: InputType;
  /** How many peaks of the waveform to return. */
  readonly peaks?: number;
  readonly signal?: AbortSignal;
}

/**
 * How a request ended. `poison`: this recording will never be embedded as it is (the service's code and message say why);
 * `unavailable`: the service did not get to it, even after retries; trying again later is right.
 */
export type EmbedOutcome =
  | { readonly state: 'embedded'; readonly recordings: readonly EmbeddedRecording[]; readonly attempts: number }
  | EmbedFailure;

export interface EmbedFailure {
  readonly state: 'poison' | 'unavailable';
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

export interface EmbedTextRequest {
  readonly text: string;
  /** Space id. */
  readonly model: string;
  readonly signal?: AbortSignal | undefined;
}

export interface EmbeddedText {
  readonly state: 'embedded';
  readonly fingerprint: string;
  readonly vector: Float32Array;
  readonly attempts: number;
}

/** Turns recordings into vectors, and words where a space takes them: the inference service, seen from here. Vectors arrive as Float32Array. */
export interface Embedder {
  /** One answer a space, in the order asked for. @throws EarshotError when the request itself is refused (key, unknown space) */
  embed(request: EmbedRequest): Promise<EmbedOutcome>;
  /** Of one search; `poison` when these words cannot be embedded. @throws EarshotError as above */
  embedText(request: EmbedTextRequest): Promise<EmbeddedText | EmbedFailure>;
  /** @throws EarshotError INFERENCE_UNAVAILABLE, INFERENCE_DENIED */
  info(): Promise<ServiceInfo>;
}

export interface EmbeddedSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly embedding: Float32Array;
}

/** The tune that a melody space heard. */
export interface HeardPitch extends Pick<MelodyOutput, 'source' | 'heard' | 'reason'> {
  readonly hopMs: number;
  /** MIDI semitones a hop, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
}

/** One space's answer. */
export interface EmbeddedRecording {
  readonly space: string;
  readonly fingerprint: string;
  readonly durationMs: number;
  readonly status: AudioEmbeddingResult['status'];
  readonly embedding: Float32Array | null;
  readonly segments: readonly EmbeddedSegment[];
  /** Of melody spaces only. */
  readonly melody?: HeardPitch;
  readonly decode: AudioEmbeddingResult['decode'];
  readonly timing: AudioEmbeddingResult['timing'];
}
