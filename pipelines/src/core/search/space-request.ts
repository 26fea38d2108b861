// SPDX-License-Identifier: Apache-2.0
import {
  buildExactRequest,
  buildKnnRequest,
  encodeVector,
  type FilterClause,
  type KnnQuery,
  type KnnRequestOptions,
  type SearchRequest,
} from '@earshot/mappings/search';
import type { Similarity } from '@earshot/models';
import type { SearchExplanation } from '../../ports/search.ts';
import type { ProfiledResponse } from '../../ports/search-cluster.ts';
import { EarshotError } from '../earshot-error.ts';
import type { SearchDeps, SpaceTarget } from './query-plan.ts';

export interface SpaceSearchOptions {
  readonly k: number;
  readonly numCandidates: number;
  readonly filters: readonly FilterClause[];
  readonly isExact: boolean;
  readonly bySegment: boolean;
  readonly explain: boolean;
}

/** Quantised scores are estimates; scoring twice k again with the full vectors makes the best k true. */
const RESCORE_OVERSAMPLE = 2;
const QUANTISED = /^(int8|int4|bbq)/;

function needsRescore({ space: { card } }: SpaceTarget): boolean {
  return QUANTISED.test(card.indexOptions.type) && !('rescore_vector' in card.indexOptions);
}

/** On a flat, unquantised field kNN itself is exact. */
function isExactByNature({ space: { card } }: SpaceTarget): boolean {
  return card.indexOptions.type === 'flat';
}

/** Scripts take numbers only; elsewhere base64 is shorter, where the cluster reads it. */
export function vectorQuery({ capabilities }: SearchDeps, vector: Float32Array, asNumbers: boolean): KnnQuery {
  return { vector: asNumbers || !capabilities.acceptsBase64Queries ? [...vector] : encodeVector(vector) };
}

export function buildSpaceRequest(
  base: KnnRequestOptions,
  target: SpaceTarget,
  { isExact, explain }: SpaceSearchOptions,
): SearchRequest {
  const rescored = needsRescore(target) ? { ...base, oversample: RESCORE_OVERSAMPLE } : base;
  const request =
    isExact && !isExactByNature(target)
      ? buildExactRequest({ ...base, similarity: target.meta.similarity as Similarity })
      : buildKnnRequest(rescored);
  return explain ? { ...request, body: { ...request.body, profile: true } } : request;
}

/** @throws EarshotError CAPABILITY_MISSING where an exact search would need a script and the cluster runs none */
export function refuseUnableExact(
  { capabilities }: SearchDeps,
  target: SpaceTarget,
  { isExact }: SpaceSearchOptions,
): void {
  if (!isExact || capabilities.hasPainless || isExactByNature(target)) return;
  throw new EarshotError('CAPABILITY_MISSING', 'An exact search needs painless scripts, which this cluster lacks', {
    remedy: 'Leave out --exact, or give the space a flat index.',
  });
}

/** Vectors that were compared; null where Elasticsearch does not say. */
function operationsOf(responses: readonly ProfiledResponse[]): number | null {
  const counts = responses.flatMap(({ profile }) =>
    (profile?.shards ?? []).flatMap(({ dfs }) => (dfs?.knn ?? []).map((knn) => knn.vector_operations_count ?? 0)),
  );
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : null;
}

/** @param responses of one space; those of several versions were made at once */
export function explainSpace(
  { meta, alias, space }: SpaceTarget,
  { isExact, k, numCandidates }: Pick<SpaceSearchOptions, 'isExact' | 'k' | 'numCandidates'>,
  responses: readonly ProfiledResponse[],
): SearchExplanation {
  return {
    space: space.card.id,
    index: alias,
    fingerprint: meta.fingerprint,
    similarity: meta.similarity,
    mode: isExact ? 'exact' : 'approximate',
    k,
    num_candidates: numCandidates,
    vector_operations: operationsOf(responses),
    elasticsearch_ms: responses.reduce((most, { took }) => Math.max(most, took), 0),
  };
}
