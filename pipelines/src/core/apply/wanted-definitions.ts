// SPDX-License-Identifier: Apache-2.0
import {
  DATA_STREAMS,
  DIRECT_PIPELINE,
  indexName,
  type LibrarySpace,
  readAlias,
  STATE_ALIASES,
  stateIndexName,
  writeAlias,
} from '@earshot/mappings';
import {
  type Definition,
  type JsonObject,
  LIVE_DOCUMENTS,
  queryVectorFields,
  renderComponentTemplates,
  renderQueriesTemplate,
  renderSpaceDefinitions,
  renderStateTemplates,
  renderStreamTemplates,
} from '@earshot/mappings/definitions';
import type { ClusterSnapshot } from '../../ports/definition-cluster.ts';
import { stampHash } from './definition-hash.ts';
import { renderDirectPipeline } from './direct-pipeline.ts';
import { flatJson } from './flat-json.ts';
import type { WantedIndex } from './plan-index.ts';
import type { WantedSpace } from './wanted-space.ts';

export interface Wanted {
  /** Every library with its spaces. */
  readonly libraries: readonly LibrarySpace[];
  /** Libraries whose read aliases must hide what was soft-deleted. */
  readonly softDeletes: ReadonlySet<string>;
  readonly spaces: readonly WantedSpace[];
  /** False on clusters without ingest processors. */
  readonly withPipeline: boolean;
}

export interface WantedDefinitions {
  /** Templates, then pipelines. */
  readonly definitions: readonly Definition[];
  readonly indices: readonly WantedIndex[];
  readonly dataStreams: readonly string[];
}

interface TemplateBody {
  readonly template?: { readonly mappings?: JsonObject; readonly settings?: JsonObject };
}
const templateOf = ({ body }: Definition): NonNullable<TemplateBody['template']> =>
  (body as TemplateBody).template ?? {};

/** Settings of existing indices that apply keeps as wanted; others are the operator's to tune. */
const KEPT_SETTINGS = ['index.default_pipeline', 'index.gc_deletes'];

function keptSettings(templates: readonly Definition[]): Record<string, string> {
  const all = templates.flatMap((definition) => [...flatJson(templateOf(definition).settings ?? {})]);
  return Object.fromEntries(all.filter(([path]) => KEPT_SETTINGS.includes(path)));
}

/** What component templates compose: later properties replace earlier ones. */
function composeMappings(templates: readonly Definition[]): JsonObject {
  const parts = templates.map((definition) => templateOf(definition).mappings ?? {});
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {})) as JsonObject;
  return { ...(Object.assign({}, ...parts) as JsonObject), properties };
}

function libraryIndices(wanted: Wanted, components: readonly Definition[]): WantedIndex[] {
  const cards = new Map(wanted.spaces.map((space) => [space.card.id, space]));
  return wanted.libraries.flatMap((of) => {
    const space = cards.get(of.space);
    if (!space) return [];
    const { card, fingerprint } = space;
    const reading: JsonObject = wanted.softDeletes.has(of.library) ? { filter: LIVE_DOCUMENTS } : {};
    const vectors = renderSpaceDefinitions(card, fingerprint, wanted)
      .filter(({ kind }) => kind === 'component_template')
      .map(stampHash);
    return {
      name: indexName(of, 1),
      alias: readAlias(of),
      aliases: { [readAlias(of)]: reading, [writeAlias(of)]: { is_write_index: true } },
      mappings: composeMappings([...components, ...vectors]),
      settings: keptSettings(components),
    };
  });
}

const stateIndices = (templates: readonly Definition[]): WantedIndex[] =>
  Object.values(STATE_ALIASES).map((alias) => {
    const template = templates.find(({ name }) => stateIndexName(alias).startsWith(`${name}-`));
    const mappings = template ? (templateOf(stampHash(template)).mappings ?? {}) : {};
    return {
      name: stateIndexName(alias),
      alias,
      aliases: { [alias]: { is_write_index: true } },
      mappings,
      settings: {},
    };
  });

/**
 * Everything that should be in the cluster. Two definitions serve all spaces at once (pipeline, queries template):
 * what the stored ones hold for spaces that are not configured here is kept.
 */
export function wantedDefinitions(wanted: Wanted, snapshot: ClusterSnapshot): WantedDefinitions {
  const components = renderComponentTemplates(wanted);
  const spaces = wanted.spaces.flatMap(({ card, fingerprint }) => renderSpaceDefinitions(card, fingerprint, wanted));
  const cards = wanted.spaces.map(({ card }) => card);
  const queries = renderQueriesTemplate(cards, {});
  const storedQueries = snapshot.index_template.get(queries.name);
  const state = [
    ...renderStateTemplates(),
    storedQueries ? renderQueriesTemplate(cards, queryVectorFields(storedQueries)) : queries,
  ];
  const templates = [...components, ...spaces, ...state, ...renderStreamTemplates()];
  const byOrder = [
    ...templates.filter(({ kind }) => kind === 'component_template'),
    ...templates.filter(({ kind }) => kind === 'index_template'),
  ];
  const pipeline = wanted.withPipeline
    ? [renderDirectPipeline(wanted.spaces, snapshot.ingest_pipeline.get(DIRECT_PIPELINE))]
    : [];
  return {
    definitions: [...byOrder, ...pipeline],
    indices: [...stateIndices(state), ...libraryIndices(wanted, components)],
    dataStreams: Object.values(DATA_STREAMS),
  };
}
