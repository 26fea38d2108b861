// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import {
  COMMON_TEMPLATE,
  indexPattern,
  indexTemplateName,
  MANAGED_BY,
  MAPPING_VERSION,
  PIPELINE_TEMPLATE,
  SETTINGS_TEMPLATE,
  vectorsTemplateName,
} from '../names.ts';
import type { Definition, JsonObject } from './definition.ts';

type SpaceCard = Pick<Card, 'id' | 'dims' | 'similarity' | 'hasTrackVector' | 'indexOptions' | 'melody'>;

interface Options {
  /** False on clusters without ingest processors: the template then names no default pipeline. */
  readonly withPipeline: boolean;
}

/** What the index of a space says about itself in `_meta`. */
export interface SpaceMeta {
  readonly managed_by: string;
  readonly space: string;
  /** 12 hex digits. */
  readonly fingerprint: string;
  readonly dims: number;
  readonly similarity: string;
  readonly mapping_version: number;
}

/**
 * Template priority of a space. Elasticsearch refuses two templates of one priority whose patterns could meet in some
 * name, and `earshot-*-a-m1-*` and `earshot-*-b-m1-*` could; so each space gets its own number (FNV-1a of its id).
 */
function templatePriority(space: string): number {
  let hash = 0x811c9dc5;
  for (const char of space) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return 1000 + (hash % 1_000_000);
}

const spaceMeta = (card: SpaceCard, fingerprint: string): SpaceMeta => ({
  managed_by: MANAGED_BY,
  space: card.id,
  fingerprint,
  dims: card.dims,
  similarity: card.similarity,
  mapping_version: MAPPING_VERSION,
});

function vectorsTemplate(card: SpaceCard, fingerprint: string): Definition {
  const vector = {
    type: 'dense_vector',
    dims: card.dims,
    index: true,
    similarity: card.similarity,
    index_options: card.indexOptions as JsonObject & { readonly type: string },
  };
  const segments = {
    type: 'nested',
    properties: { start_ms: { type: 'integer' }, end_ms: { type: 'integer' }, embedding: vector },
  };
  const meta = { ...spaceMeta(card, fingerprint) };
  const properties: JsonObject = {
    ...(card.hasTrackVector ? { embedding: vector } : {}),
    segments,
    // Read by reranking, searched by nobody.
    ...(card.melody ? { melody: { type: 'object', enabled: false } } : {}),
  };
  const body = {
    version: MAPPING_VERSION,
    _meta: meta,
    template: { mappings: { dynamic: 'strict', _meta: meta, properties } },
  };
  return { kind: 'component_template', name: vectorsTemplateName(card.id), body };
}

/**
 * Vector template and index template of one space, as an operator could PUT them by hand.
 * @param fingerprint 12 hex digits of the space
 */
export function renderSpaceDefinitions(
  card: SpaceCard,
  fingerprint: string,
  { withPipeline }: Options = { withPipeline: true },
): Definition[] {
  const composed = [COMMON_TEMPLATE, SETTINGS_TEMPLATE, vectorsTemplateName(card.id)];
  const body = {
    index_patterns: [indexPattern(card.id)],
    priority: templatePriority(card.id),
    version: MAPPING_VERSION,
    allow_auto_create: false,
    _meta: { ...spaceMeta(card, fingerprint) },
    composed_of: withPipeline ? [...composed, PIPELINE_TEMPLATE] : composed,
  };
  return [vectorsTemplate(card, fingerprint), { kind: 'index_template', name: indexTemplateName(card.id), body }];
}
