// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { BatchOutput, TextBatchOutput } from '../core/engine-port.ts';

/**
 * Messages between the HTTP process and an inference host (structured clone over the fork's channel). The host does one
 * job after the other, in the order they came in, and answers each with `done` or `failed`.
 */

/** Opens every space on the first execution provider that works; what was open before is closed. */
export interface LoadJob {
  readonly type: 'load';
  readonly spaces: readonly Space[];
  /** Execution providers in order of preference. */
  readonly eps: readonly string[];
  /** Tried before without success, with the reason. */
  readonly excluded: readonly EpMiss[];
  /** Which GPU, for CUDA. */
  readonly deviceId: number;
  readonly threads: number;
  /** Largest batch per execution provider: every size up to it in powers of two is warmed. */
  readonly maxBatchWindows: Readonly<Record<string, number>>;
}

/** Opens one more space, unproved, on the provider in use; one that is open already only has its graph held against the card. */
interface OpenJob {
  readonly type: 'open';
  readonly space: Space;
}

/** Runs the golden signals and texts, by all its graphs, of an open space at one batch size. */
interface CheckJob {
  readonly type: 'check';
  readonly space: Space;
  readonly batchSize: number;
}

interface CloseJob {
  readonly type: 'close';
  readonly fingerprint: string;
}

interface RunJob {
  readonly type: 'run';
  readonly fingerprint: string;
  /** float32 [count × windowSamples] */
  readonly windows: Float32Array;
  readonly count: number;
}

/** Embeds words; too long a text is cut, and its tokens before that are told. */
interface RunTextsJob {
  readonly type: 'run-texts';
  readonly fingerprint: string;
  readonly texts: readonly string[];
}

/** Embeds contours, in a space that has a graph for them. */
interface RunContoursJob {
  readonly type: 'run-contours';
  readonly fingerprint: string;
  /** float32 [count × points] */
  readonly contours: Float32Array;
  readonly count: number;
}

export type HostJob = LoadJob | OpenJob | CheckJob | CloseJob | RunJob | RunTextsJob | RunContoursJob;

/** What a batch holds, whichever space it is for. */
export type BatchWork =
  | Omit<RunJob, 'fingerprint'>
  | Omit<RunTextsJob, 'fingerprint'>
  | Omit<RunContoursJob, 'fingerprint'>;

/** What a job gives when it is done. */
export interface HostResults {
  readonly load: Loaded;
  readonly open: null;
  readonly check: null;
  readonly close: null;
  readonly run: BatchOutput;
  readonly 'run-texts': TextBatchOutput;
  readonly 'run-contours': BatchOutput;
}

export type ToHost = HostJob & { readonly job: number };

export interface EpMiss {
  readonly ep: string;
  readonly reason: string;
}

export interface Loaded {
  /** null when no space could be opened on any. */
  readonly ep: string | null;
  readonly tried: readonly EpMiss[];
  readonly failed: readonly { readonly fingerprint: string; readonly reason: string }[];
}

export type FromHost =
  | { readonly type: 'trying'; readonly ep: string }
  /** Resident memory of the host, bytes. */
  | { readonly type: 'memory'; readonly rssBytes: number }
  | { readonly type: 'done'; readonly job: number; readonly result: HostResults[keyof HostResults] }
  | { readonly type: 'failed'; readonly job: number; readonly reason: string };
