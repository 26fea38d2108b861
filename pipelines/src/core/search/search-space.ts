// SPDX-License-Identifier: Apache-2.0
import {
  buildExactRequest,
  buildKnnRequest,
  encodeVector,
  type FilterClause,
  type KnnQuery,
  type KnnRequestOptions,
  readHits,
  readSegments,
  readTotal,
  type SearchHit,
  type SearchRequest,
  type TimeSpan,
} from '@earshot/mappings/search';
import type { Similarity } from '@earshot/models';
import type { SearchExplanation } from '../../ports/search.ts';
import type { ProfiledResponse } from '../../ports/search-cluster.ts';
import { EarshotError } from '../earshot-error.ts';
import type { ResolvedQuery, SearchDeps, SpaceTarget } from './query-plan.ts';

export interface SpaceSearchOptions {
  readonly k: number;
  readonly numCandidates: number;
  readonly filters: readonly FilterClause[];
  readonly isExact: boolean;
  readonly bySegment: boolean;
  readonly explain: boolean;
}

export interface SpaceList {
  readonly space: string;
  readonly hits: readonly SearchHit[];
  readonly total: number;
  readonly request: SearchRequest;
  readonly explanation: SearchExplanation;
  /** Best-matching time span in each of these recordings. */
  locate(ids: readonly string[]): Promise<ReadonlyMap<string, TimeSpan>>;
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

function knnQuery(deps: SearchDeps, { alias }: SpaceTarget, { query }: ResolvedQuery, asNumbers: boolean): KnnQuery {
  if ('lookupId' in query) return { lookup: { index: alias, id: query.lookupId, path: 'embedding' } };
  if (asNumbers || !deps.capabilities.acceptsBase64Queries) return { vector: [...query.vector] };
  return { vector: encodeVector(query.vector) };
}

function explain(target: SpaceTarget, options: SpaceSearchOptions, response: ProfiledResponse): SearchExplanation {
  const { meta, alias, space } = target;
  const counts = response.profile?.shards.flatMap(({ dfs }) =>
    (dfs?.knn ?? []).map((knn) => knn.vector_operations_count ?? 0),
  );
  return {
    space: space.card.id,
    index: alias,
    fingerprint: meta.fingerprint,
    similarity: meta.similarity,
    mode: options.isExact ? 'exact' : 'approximate',
    k: options.k,
    num_candidates: options.numCandidates,
    vector_operations: counts && counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : null,
    elasticsearch_ms: response.took,
  };
}

function buildRequest(base: KnnRequestOptions, target: SpaceTarget, options: SpaceSearchOptions): SearchRequest {
  const rescored = needsRescore(target) ? { ...base, oversample: RESCORE_OVERSAMPLE } : base;
  const request =
    options.isExact && !isExactByNature(target)
      ? buildExactRequest({ ...base, similarity: target.meta.similarity as Similarity })
      : buildKnnRequest(rescored);
  return options.explain ? { ...request, body: { ...request.body, profile: true } } : request;
}

function refuseUnableExact({ capabilities }: SearchDeps, target: SpaceTarget, { isExact }: SpaceSearchOptions): void {
  if (!isExact || capabilities.hasPainless || isExactByNature(target)) return;
  throw new EarshotError('CAPABILITY_MISSING', 'An exact search needs painless scripts, which this cluster lacks', {
    remedy: 'Leave out --exact, or give the space a flat index.',
  });
}

/** Asks one space's index. */
export async function searchSpace(
  deps: SearchDeps,
  { target, resolved }: { readonly target: SpaceTarget; readonly resolved: ResolvedQuery },
  options: SpaceSearchOptions,
): Promise<SpaceList> {
  refuseUnableExact(deps, target, options);
  const { k, numCandidates, filters, isExact, bySegment } = options;
  const { excludeIds } = resolved;
  const segments = bySegment || !target.space.card.hasTrackVector;
  const base = { index: target.alias, k, numCandidates, query: knnQuery(deps, target, resolved, isExact) };
  const request = buildRequest({ ...base, filters, excludeIds, segments }, target, options);
  const response = await deps.cluster.search(request);
  const hits = readHits(response, target.meta.similarity as Similarity);
  return {
    space: target.space.card.id,
    hits,
    total: readTotal(response),
    request,
    explanation: explain(target, options, response),
    locate: async (ids) => {
      const known = hits.flatMap(({ id, segment }) => (segment ? [[id, segment] as const] : []));
      if (segments || ids.length === 0) return new Map(known);
      const size = { k: ids.length, numCandidates: Math.max(numCandidates, ids.length) };
      return readSegments(
        await deps.cluster.search(buildKnnRequest({ ...base, ...size, onlyIds: ids, segments: true })),
      );
    },
  };
}
