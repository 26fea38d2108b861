// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';

export interface BatchOutput {
  /** float32 [count × dims], row by row; what the graph gives, where a second one makes the vectors. */
  readonly vectors: Float32Array;
  /** Time the graph ran, ms. */
  readonly inferMs: number;
}

export interface TextBatchOutput extends BatchOutput {
  /** Tokens of each text before it was cut to what the graph takes. */
  readonly tokens: readonly number[];
}

/** One device, with a host process of its own. */
export interface DeviceStatus {
  /** As in EARSHOT_DEVICES: `cuda:0`, `webgpu`, `cpu`; `auto` until a provider was found. */
  readonly name: string;
  /** Execution provider in use, null while no host is up. */
  readonly ep: string | null;
  readonly tried: readonly { readonly ep: string; readonly reason: string }[];
  /** Process id of the host; null while it is being restarted. */
  readonly pid: number | null;
  /** Hosts that crashed, hung or missed a canary. */
  readonly restarts: number;
  /** Hosts replaced because of their memory. */
  readonly replacements: number;
  /** Resident memory as last reported, bytes. */
  readonly rssBytes: number | null;
  /** Why it does not serve all that it should; null when it does. */
  readonly problem: string | null;
}

export interface EngineStatus {
  /** A host is up and every space has answered its golden vectors on one. */
  readonly isReady: boolean;
  /** Requests can be taken: a host is up, though single spaces may have failed. */
  readonly isUp: boolean;
  /** Why it is not ready; empty when it is. */
  readonly problems: readonly string[];
  /** Execution provider of the first device that is up, null while none is. */
  readonly ep: string | null;
  /** Providers the first device passed over. */
  readonly tried: readonly { readonly ep: string; readonly reason: string }[];
  /** Spaces that can be used on no device, with the reason, by id. */
  readonly failedSpaces: ReadonlyMap<string, string>;
  /** Process id of the first host that is up, for operators. */
  readonly hostPid: number | null;
  /** Over all devices. */
  readonly restarts: number;
  readonly devices: readonly DeviceStatus[];
  /** Batches worth handing over at once: two a host, one that runs and one that has arrived. */
  readonly maxBatchesInFlight: number;
  /** Windows that every device takes in one batch. */
  readonly maxBatchWindows: number;
}

/** Whatever runs the graphs, seen from the queue. */
export interface Engine {
  status(): EngineStatus;
  /**
   * @param windows float32 [count × windowSamples] of that space
   * @throws ServiceError not_ready when the host died twice under this batch, or the space has been unloaded
   */
  run(space: Space, windows: Float32Array, count: number): Promise<BatchOutput>;
  /**
   * Contours → vectors, by the second graph of a space that has one.
   * @param contours float32 [count × points] of that space
   * @throws ServiceError not_ready, as above
   */
  runContours(space: Space, contours: Float32Array, count: number): Promise<BatchOutput>;
  /**
   * Words → vectors, by the text graph of a space that has one.
   * @throws ServiceError not_ready, as above
   */
  runTexts(space: Space, texts: readonly string[]): Promise<TextBatchOutput>;
}
