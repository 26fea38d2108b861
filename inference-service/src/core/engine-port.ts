// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';

export interface BatchOutput {
  /** float32 [count × dims], row by row. */
  readonly vectors: Float32Array;
  /** Time the graph ran, ms. */
  readonly inferMs: number;
}

export interface EngineStatus {
  /** A host is up and every space answered its golden vectors. */
  readonly isReady: boolean;
  /** Requests can be taken: a host is up, though single spaces may have failed. */
  readonly isUp: boolean;
  /** Why it is not ready; empty when it is. */
  readonly problems: readonly string[];
  /** Execution provider in use, null while no host is up. */
  readonly ep: string | null;
  readonly tried: readonly { readonly ep: string; readonly reason: string }[];
  /** Spaces that cannot be used, with the reason. */
  readonly failedSpaces: ReadonlyMap<string, string>;
  /** Process id of the host, for operators. */
  readonly hostPid: number | null;
  readonly restarts: number;
  /** Batches worth handing over at once: one a device, and more where handing over takes time. */
  readonly maxBatchesInFlight: number;
}

/** Whatever runs the graphs, seen from the queue. */
export interface Engine {
  status(): EngineStatus;
  /**
   * @param windows float32 [count × windowSamples] of that space
   * @throws ServiceError not_ready when the host died twice under this batch
   */
  run(space: Space, windows: Float32Array, count: number): Promise<BatchOutput>;
}
