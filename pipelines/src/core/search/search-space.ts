// SPDX-License-Identifier: Apache-2.0
import {
  buildKnnRequest,
  type KnnQuery,
  type MatchVerdict,
  readHits,
  readSegments,
  readTotal,
  type SearchHit,
  type SearchRequest,
  type TimeSpan,
} from '@earshot/mappings/search';
import type { Similarity } from '@earshot/models';
import type { SearchExplanation } from '../../ports/search.ts';
import type { ResolvedQuery, SearchDeps, SpaceTarget } from './query-plan.ts';
import {
  buildSpaceRequest,
  explainSpace,
  refuseUnableExact,
  type SpaceSearchOptions,
  vectorQuery,
} from './space-request.ts';

export interface SpaceList {
  readonly space: string;
  readonly hits: readonly SearchHit[];
  readonly total: number;
  readonly requests: readonly [SearchRequest, ...SearchRequest[]];
  readonly explanation: SearchExplanation;
  /** Of melody spaces. */
  readonly verdict?: MatchVerdict;
  /** Best-matching time span in each of these recordings. */
  locate(ids: readonly string[]): Promise<ReadonlyMap<string, TimeSpan>>;
}

function knnQuery(deps: SearchDeps, { alias }: SpaceTarget, { query }: ResolvedQuery, asNumbers: boolean): KnnQuery {
  if ('lookupId' in query) return { lookup: { index: alias, id: query.lookupId, path: 'embedding' } };
  return vectorQuery(deps, query.vector, asNumbers);
}

/** The spans that hits themselves name. */
export const knownSpans = (hits: readonly SearchHit[]): ReadonlyMap<string, TimeSpan> =>
  new Map(hits.flatMap(({ id, segment }) => (segment ? [[id, segment] as const] : [])));

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
  const request = buildSpaceRequest({ ...base, filters, excludeIds, segments }, target, options);
  const response = await deps.cluster.search(request);
  const hits = readHits(response, target.meta.similarity as Similarity);
  return {
    space: target.space.card.id,
    hits,
    total: readTotal(response),
    requests: [request],
    explanation: explainSpace(target, options, [response]),
    locate: async (ids) => {
      if (segments || ids.length === 0) return knownSpans(hits);
      const size = { k: ids.length, numCandidates: Math.max(numCandidates, ids.length) };
      return readSegments(
        await deps.cluster.search(buildKnnRequest({ ...base, ...size, onlyIds: ids, segments: true })),
      );
    },
  };
}
