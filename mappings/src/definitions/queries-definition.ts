// SPDX-License-Identifier: Apache-2.0
import queries from '../../index-templates/queries.json' with { type: 'json' };
import { STATE_ALIASES, stateTemplateName } from '../names.ts';
import type { Definition, Json, JsonObject } from './definition.ts';

/** Fields under `embedding` of a queries template as the cluster has it. */
export function queryVectorFields(body: JsonObject): JsonObject {
  const template = body as { template?: { mappings?: { properties?: { embedding?: { properties?: JsonObject } } } } };
  return template.template?.mappings?.properties?.embedding?.properties ?? {};
}

/**
 * Template of `earshot-queries`: one unindexed vector field a space, since dims differ.
 * @param spaces id and dims of each space
 * @param stored fields that other spaces already have there; they are kept
 */
export function renderQueriesTemplate(
  spaces: readonly { readonly id: string; readonly dims: number }[],
  stored: JsonObject = {},
): Definition {
  const fields: Record<string, Json> = { ...stored };
  for (const { id, dims } of spaces) fields[id] = { type: 'dense_vector', dims, index: false };
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { template } = queries;
  const properties: JsonObject = { ...template.mappings.properties, embedding: { properties: sorted } };
  return {
    kind: 'index_template',
    name: stateTemplateName(STATE_ALIASES.queries),
    body: { ...queries, template: { ...template, mappings: { ...template.mappings, properties } } },
  };
}
