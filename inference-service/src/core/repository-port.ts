// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';

export interface RepositoryEntry {
  readonly id: string;
  /** Empty for a card that cannot be read. */
  readonly version: string;
  /** Of what is served; null when nothing is. */
  readonly fingerprint: string | null;
  readonly isReady: boolean;
  /** Why it is not served; empty when it is. */
  readonly reason: string;
}

export interface LoadedModel {
  readonly space: Space;
  /** False when exactly this was being served already. */
  readonly hasChanged: boolean;
}

/** The spaces of the models folders, put into service and taken out of it while requests run. */
export interface SpaceRepository {
  /** What the folders hold and what is served, shipped spaces first. */
  index(): readonly RepositoryEntry[];
  /**
   * Reads card and graph of a space anew, proves them on every device, and serves them in place of what was served.
   * @throws ServiceError model_not_found, model_not_loadable, model_busy, not_ready; then nothing has changed
   */
  load(id: string): Promise<LoadedModel>;
  /**
   * Takes a space out of service; requests that have begun are finished.
   * @throws ServiceError model_not_found, model_busy
   */
  unload(id: string): Promise<void>;
}
