// SPDX-License-Identifier: Apache-2.0

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** One object in the cluster that is made as a whole from one body; `PUT <path>` with `body` makes it. */
export interface Definition {
  readonly kind: 'component_template' | 'index_template' | 'ingest_pipeline';
  readonly name: string;
  readonly body: JsonObject;
}

const PATHS = {
  component_template: '/_component_template/',
  index_template: '/_index_template/',
  ingest_pipeline: '/_ingest/pipeline/',
} as const;

/** Path of the definition in Elasticsearch's API. */
export const definitionPath = ({ kind, name }: Pick<Definition, 'kind' | 'name'>): string => `${PATHS[kind]}${name}`;
