// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';

/** Messages between the HTTP process and the inference host (structured clone over the fork's channel). */

export interface LoadRequest {
  readonly type: 'load';
  readonly spaces: readonly Space[];
  /** Execution providers in order of preference. */
  readonly eps: readonly string[];
  /** Tried before without success, with the reason. */
  readonly excluded: readonly EpMiss[];
  readonly threads: number;
  /** Largest batch per execution provider: every size up to it in powers of two is warmed. */
  readonly maxBatchWindows: Readonly<Record<string, number>>;
}

export interface RunRequest {
  readonly type: 'run';
  readonly batch: number;
  readonly space: string;
  readonly windows: Float32Array;
  readonly count: number;
}

export type ToHost = LoadRequest | RunRequest;

export interface EpMiss {
  readonly ep: string;
  readonly reason: string;
}

export interface Loaded {
  readonly type: 'loaded';
  readonly ep: string | null;
  readonly tried: readonly EpMiss[];
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

export type FromHost =
  | { readonly type: 'trying'; readonly ep: string }
  | Loaded
  | { readonly type: 'done'; readonly batch: number; readonly vectors: Float32Array; readonly inferMs: number }
  | { readonly type: 'failed'; readonly batch: number; readonly reason: string };
