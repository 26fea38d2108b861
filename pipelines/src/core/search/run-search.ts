// SPDX-License-Identifier: Apache-2.0
import { type FusedHit, fuseByRank, parseFilter, QueryInvalidError, type SearchHit } from '@earshot/mappings/search';
import type { EmbeddedQuery, SearchQuery, SearchResult } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';
import { embedQuery } from './embed-query.ts';
import { embedWords } from './embed-words.ts';
import { knownSpace, openTarget, resolveQuery, type SearchDeps } from './query-plan.ts';
import { type SpaceList, type SpaceSearchOptions, searchSpace } from './search-space.ts';

const DEFAULT_K = 10;
const DEFAULT_CANDIDATES = 100;
/** Hits of each list that fusion looks at, at least. */
const FUSION_WINDOW = 50;

function optionsOf(query: SearchQuery): SpaceSearchOptions {
  const k = query.k ?? DEFAULT_K;
  const window = query.spaces.length > 1 ? Math.max(FUSION_WINDOW, k) : k;
  return {
    k: window,
    numCandidates: query.numCandidates ?? Math.max(DEFAULT_CANDIDATES, window),
    filters: (query.filters ?? []).map(parseFilter),
    isExact: query.exact === true,
    bySegment: query.segments === true,
    explain: query.explain === true,
  };
}

const NOT_EMBEDDED: EmbeddedQuery = { vectors: [], durationMs: 0, peaks: [], decodeMs: 0, embedMs: 0 };

function embedInput(deps: SearchDeps, { input, spaces, signal }: SearchQuery): Promise<EmbeddedQuery> {
  if (input.kind === 'audio') return embedQuery(deps.embedder, input, { spaces, signal });
  if (input.kind === 'text') return embedWords(deps, input.text, { spaces, signal });
  return Promise.resolve(input.kind === 'vectors' ? { ...NOT_EMBEDDED, vectors: input.vectors } : NOT_EMBEDDED);
}

async function joinLists(lists: readonly SpaceList[], k: number): Promise<(SearchHit | FusedHit)[]> {
  const [first] = lists;
  if (!first) return [];
  const hits = lists.length > 1 ? fuseByRank(lists, k) : first.hits;
  const segments = await first.locate(hits.map(({ id }) => id));
  return hits.map((hit) => ({ ...hit, segment: segments.get(hit.id) ?? hit.segment }));
}

async function run(deps: SearchDeps, query: SearchQuery): Promise<SearchResult> {
  const startedAt = performance.now();
  const options = optionsOf(query);
  for (const id of query.spaces) knownSpace(deps.spaces, id);
  const [embedded, targets] = await Promise.all([
    embedInput(deps, query),
    Promise.all(query.spaces.map((id) => openTarget(deps, query.library, id))),
  ]);
  const searchedAt = performance.now();
  const { input } = query;
  const lists = await Promise.all(
    targets.map(async (target) => {
      const needs = { input, vectors: embedded.vectors, needsNumbers: options.isExact };
      return searchSpace(deps, { target, resolved: await resolveQuery(deps, target, needs) }, options);
    }),
  );
  const hits = await joinLists(lists, query.k ?? DEFAULT_K);
  const endedAt = performance.now();
  const [first] = lists;
  if (!first) throw new EarshotError('QUERY_INVALID', 'A search needs at least one space');
  return {
    space: query.spaces.join(','),
    took_ms: {
      decode: Math.round(embedded.decodeMs),
      embed: Math.round(embedded.embedMs),
      search: Math.round(endedAt - searchedAt),
      total: Math.round(endedAt - startedAt),
    },
    total: lists.length > 1 ? hits.length : first.total,
    hits,
    request: first.request,
    ...(lists.length > 1 ? { requests: lists.map(({ request }) => request) } : {}),
    ...(options.explain ? { explain: lists.map(({ explanation }) => explanation) } : {}),
  };
}

/** The whole way from a query to hits: embed, check fingerprints, ask each space, fuse, locate the best-matching spans. */
export async function runSearch(deps: SearchDeps, query: SearchQuery): Promise<SearchResult> {
  try {
    return await run(deps, query);
  } catch (error) {
    if (error instanceof QueryInvalidError) throw new EarshotError('QUERY_INVALID', error.message, { cause: error });
    throw error;
  }
}
