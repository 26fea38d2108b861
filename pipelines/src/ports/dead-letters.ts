// SPDX-License-Identifier: Apache-2.0

export type SyncStage = 'list' | 'get' | 'probe' | 'embed' | 'index' | 'delete';

/** Why one recording is not in the index of one space. */
export interface DeadLetter {
  /** Document id, without the space. */
  readonly id: string;
  readonly key: string;
  readonly uri: string;
  readonly etag?: string;
  readonly size: number;
  readonly stage: SyncStage;
  readonly code: string;
  /** At most 1,000 characters; no credentials, no vectors. */
  readonly message: string;
  /** Temporary: the next run tries again by itself. */
  readonly retryable: boolean;
  /** An older version of the recording is still in the index. */
  readonly stale: boolean;
  readonly attempts: number;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Space fingerprint and settings that shaped the attempt. */
  readonly pipelineFingerprint: string;
}

/** Dead letters of one library, source and space. */
export interface DeadLetters {
  /** Unresolved letters and remembered verdicts (code `not_audio`), by key. */
  load(): Promise<ReadonlyMap<string, DeadLetter>>;
  /** `isResolved`: a verdict to remember, not a failure to look at. */
  put(letter: DeadLetter, runId: string, options?: { readonly isResolved: boolean }): Promise<void>;
  /** The recording is in the index now, or gone from the source. */
  resolve(id: string): Promise<void>;
}
