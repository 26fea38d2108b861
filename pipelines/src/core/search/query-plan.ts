// SPDX-License-Identifier: Apache-2.0
import { readAlias } from '@earshot/mappings';
import type { SpaceMeta } from '@earshot/mappings/definitions';
import { combineVectors } from '@earshot/mappings/search';
import type { Card } from '@earshot/models';
import type { ClusterCapabilities } from '../../ports/cluster-capabilities.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { QueryInput, QueryVector } from '../../ports/search.ts';
import type { SearchCluster } from '../../ports/search-cluster.ts';
import { EarshotError } from '../earshot-error.ts';

export interface SearchSpace {
  readonly card: Card;
  readonly fingerprint: string;
}

/** What searching needs from outside. */
export interface SearchDeps {
  readonly cluster: SearchCluster;
  readonly capabilities: ClusterCapabilities;
  /** Known spaces by id. */
  readonly spaces: ReadonlyMap<string, SearchSpace>;
  readonly embedder: Embedder;
}

/** One space of a search: where to look, what the index says of itself. */
export interface SpaceTarget {
  readonly space: SearchSpace;
  readonly alias: string;
  readonly meta: SpaceMeta;
}

/** The vector to look for, or the document that has it; ids that must not come back. */
export interface ResolvedQuery {
  readonly query: { readonly vector: Float32Array } | { readonly lookupId: string };
  readonly excludeIds: readonly string[];
}

export function knownSpace(spaces: SearchDeps['spaces'], id: string): SearchSpace {
  const found = spaces.get(id);
  if (found) return found;
  throw new EarshotError(
    'SPACE_UNKNOWN',
    `There is no embedding space ${id} here; known: ${[...spaces.keys()].join(', ')}`,
  );
}

export async function openTarget(deps: SearchDeps, library: string, id: string): Promise<SpaceTarget> {
  const space = knownSpace(deps.spaces, id);
  const alias = readAlias({ library, space: id });
  return { space, alias, meta: await deps.cluster.spaceMeta(alias) };
}

/** The query's vector of a space. @throws EarshotError FINGERPRINT_MISMATCH where it does not fit the index */
export function fittingVector({ alias, meta, space }: SpaceTarget, vectors: readonly QueryVector[]): QueryVector {
  const found = vectors.find((vector) => vector.space === space.card.id);
  if (!found) throw new EarshotError('QUERY_INVALID', `The query has no vector of space ${space.card.id}`);
  if (found.fingerprint === meta.fingerprint) return found;
  throw new EarshotError(
    'FINGERPRINT_MISMATCH',
    `The query vector of ${space.card.id} has fingerprint ${found.fingerprint}, the vectors behind ${alias} have ${meta.fingerprint}`,
  );
}

function refuseSegmentOnly({ space: { card } }: SpaceTarget): void {
  if (card.hasTrackVector) return;
  throw new EarshotError('QUERY_INVALID', `Space ${card.id} has vectors of segments only: search it with a recording`);
}

/** Turns the input into what is asked of one space. `vectors` are those of the recording or the words, if any were given. */
export async function resolveQuery(
  deps: SearchDeps,
  target: SpaceTarget,
  { input, vectors, needsNumbers }: { input: QueryInput; vectors: readonly QueryVector[]; needsNumbers: boolean },
): Promise<ResolvedQuery> {
  if (input.kind === 'audio' || input.kind === 'vectors' || input.kind === 'text')
    return { query: { vector: fittingVector(target, vectors).vector }, excludeIds: [] };
  refuseSegmentOnly(target);
  if (input.kind === 'id') {
    const excludeIds = [input.id];
    if (deps.capabilities.hasLookupBuilder && !needsNumbers) return { query: { lookupId: input.id }, excludeIds };
    const [vector = new Float32Array()] = await deps.cluster.vectors(target.alias, [input.id]);
    return { query: { vector }, excludeIds };
  }
  const { like, unlike } = input;
  const all = await deps.cluster.vectors(target.alias, [...like, ...unlike]);
  const vector = combineVectors(all.slice(0, like.length), all.slice(like.length));
  return { query: { vector }, excludeIds: [...like, ...unlike] };
}
