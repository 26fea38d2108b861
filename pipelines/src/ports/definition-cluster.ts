// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '@earshot/mappings/definitions';

/** A request as Dev Tools would show it. */
export interface ClusterRequest {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
}

/** A concrete index as the cluster has it. */
export interface StoredIndex {
  readonly aliases: JsonObject;
  readonly mappings: JsonObject;
  /** Flat: `index.refresh_interval` → `5s`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Everything in the cluster whose name could be ours, owned or not. */
export interface ClusterSnapshot {
  readonly component_template: ReadonlyMap<string, JsonObject>;
  readonly index_template: ReadonlyMap<string, JsonObject>;
  readonly ingest_pipeline: ReadonlyMap<string, JsonObject>;
  readonly indices: ReadonlyMap<string, StoredIndex>;
  /** Existing data streams; undefined where the cluster has no API for them. */
  readonly dataStreams: ReadonlyMap<string, JsonObject> | undefined;
}

/** The cluster as `apply` sees it. */
export interface DefinitionCluster {
  snapshot(): Promise<ClusterSnapshot>;
  send(request: ClusterRequest): Promise<void>;
}
