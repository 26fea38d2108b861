// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { AudioEmbeddingResult, ServiceInfo } from '@earshot/inference-service/contract';

export interface EmbedRequest {
  /** A fresh stream for each attempt: retries replay it. */
  readonly open: () => Readable;
  readonly length: number;
  /** Space ids; the recording is decoded once for all of them. */
  readonly models: readonly string[];
  readonly priority: 'interactive' | 'bulk';
  readonly fromSeconds?: number;
  readonly toSeconds?: number;
  /** How many peaks of the waveform to return. */
  readonly peaks?: number;
  readonly signal?: AbortSignal;
}

/** Turns recordings into vectors: the inference service, seen from here. Vectors arrive as Float32Array. */
export interface Embedder {
  embed(request: EmbedRequest): Promise<readonly EmbeddedRecording[]>;
  info(): Promise<ServiceInfo>;
}

export interface EmbeddedSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly embedding: Float32Array;
}

/** One space's answer. */
export interface EmbeddedRecording {
  readonly space: string;
  readonly fingerprint: string;
  readonly durationMs: number;
  readonly status: AudioEmbeddingResult['status'];
  readonly embedding: Float32Array | null;
  readonly segments: readonly EmbeddedSegment[];
  readonly decode: AudioEmbeddingResult['decode'];
  readonly timing: AudioEmbeddingResult['timing'];
}
