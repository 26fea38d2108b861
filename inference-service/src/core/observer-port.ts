// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from '../contract/errors.ts';

/** `upload` ends when the recording lies in the spool, `queue` when the first batch with its windows begins. */
export type Stage = 'upload' | 'decode' | 'queue' | 'infer';

/** What a finished request was. */
export interface FinishedRequest {
  /** Pattern of the route; undefined where no route has this path. */
  readonly route: string | undefined;
  /** 499 when the client left. */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly startedAt: number;
  /** It asked for embeddings, so its time counts. */
  readonly isWork: boolean;
}

/**
 * Is told what happens inside, for metrics and traces; never throws. Everything but `onBatch`, which may serve several
 * requests, is called in the asynchronous context of the request it is about. Times are those of performance.now().
 */
export interface Observer {
  /** A recording is through one stage (`queue` and `infer`: some windows of it, for one space). */
  onStage(stage: Stage, startedAt: number, endedAt: number): void;
  /** So much sound has been decoded, or came as samples. */
  onAudio(seconds: number): void;
  onDecodeFailed(reason: ErrorCode): void;
  /** So many windows were run together. */
  onBatch(windows: number): void;
  onCacheHit(): void;
  onRequest(request: FinishedRequest): void;
}
