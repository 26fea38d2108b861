// SPDX-License-Identifier: Apache-2.0

/** Every name of an index, alias, template or pipeline is made here (surface: `docs/operators/names.md`). */

/** Version of the mapping; raise it for a change that needs a new index. */
export const MAPPING_VERSION = 1;
export const PIPELINE_VERSION = 1;
export const MANAGED_BY = 'earshot';

export interface LibrarySpace {
  /** Library name, e.g. `audio`. */
  readonly library: string;
  /** Space id, e.g. `spectral-1`. */
  readonly space: string;
}

export const readAlias = ({ library, space }: LibrarySpace): string => `earshot-${library}-${space}`;
export const writeAlias = (of: LibrarySpace): string => `${readAlias(of)}-write`;

/** Concrete index, `earshot-audio-spectral-1-m1-000001`. */
export const indexName = (of: LibrarySpace, sequence: number): string =>
  `${readAlias(of)}-m${MAPPING_VERSION}-${String(sequence).padStart(6, '0')}`;

export const indexTemplateName = (space: string): string => `earshot-${space}-m${MAPPING_VERSION}`;
export const indexPattern = (space: string): string => `earshot-*-${space}-m${MAPPING_VERSION}-*`;

export const COMMON_TEMPLATE = `earshot-common-m${MAPPING_VERSION}`;
export const SETTINGS_TEMPLATE = `earshot-settings-m${MAPPING_VERSION}`;
export const PIPELINE_TEMPLATE = `earshot-pipeline-m${MAPPING_VERSION}`;
export const vectorsTemplateName = (space: string): string => `earshot-${space}-m${MAPPING_VERSION}-vectors`;
export const DIRECT_PIPELINE = `earshot-direct-v${PIPELINE_VERSION}`;

/** Aliases of the plain versioned indices that hold state by id. */
export const STATE_ALIASES = {
  runs: 'earshot-runs',
  failures: 'earshot-failures',
  queries: 'earshot-queries',
  judgements: 'earshot-judgements',
  models: 'earshot-models',
  control: 'earshot-control',
} as const;

export const stateTemplateName = (alias: string): string => `${alias}-m${MAPPING_VERSION}`;
export const stateIndexName = (alias: string): string => `${alias}-m${MAPPING_VERSION}-000001`;

/** Append-only telemetry. */
export const DATA_STREAMS = {
  sync: 'logs-earshot.sync-default',
  query: 'logs-earshot.query-default',
  inference: 'metrics-earshot.inference-default',
  quality: 'metrics-earshot.quality-default',
} as const;

/** Template of a data stream: its name without the namespace, so that operators may add namespaces. */
export const streamTemplateName = (stream: string): string => stream.slice(0, stream.lastIndexOf('-'));

/** Dead letter id: one per space and document. */
export const failureId = (space: string, documentId: string): string => `${space}:${documentId}`;
