// SPDX-License-Identifier: Apache-2.0
import { type FusedHit, fuseByRank, parseFilter, QueryInvalidError, type SearchHit } from '@earshot/mappings/search';
import type { EmbeddedQuery, SearchQuery, SearchResult } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';
import { embedQuery } from './embed-query.ts';
import { embedWords } from './embed-words.ts';
import { knownSpace, openTarget, resolveQuery, type SearchDeps, type SpaceTarget } from './query-plan.ts';
import { resolveMelody } from './resolve-melody.ts';
import { searchMelody } from './search-melody.ts';
import { type SpaceList, searchSpace } from './search-space.ts';
import type { SpaceSearchOptions } from './space-request.ts';
import { tuneOf } from './tune-of.ts';

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

interface Wanted {
  readonly query: SearchQuery;
  readonly embedded: EmbeddedQuery;
  readonly options: SpaceSearchOptions;
}

async function searchTarget(deps: SearchDeps, target: SpaceTarget, wanted: Wanted): Promise<SpaceList> {
  const { options } = wanted;
  const needs = { input: wanted.query.input, vectors: wanted.embedded.vectors, needsNumbers: options.isExact };
  if (target.space.card.melody)
    return searchMelody(deps, { target, resolved: await resolveMelody(deps, target, needs) }, options);
  return searchSpace(deps, { target, resolved: await resolveQuery(deps, target, needs) }, options);
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
  const lists = await Promise.all(targets.map((target) => searchTarget(deps, target, { query, embedded, options })));
  const hits = await joinLists(lists, query.k ?? DEFAULT_K);
  const endedAt = performance.now();
  const requests = lists.flatMap((list) => list.requests);
  const tune = tuneOf(embedded.vectors);
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
    request: first.requests[0],
    ...(requests.length > 1 ? { requests } : {}),
    ...(options.explain ? { explain: lists.map(({ explanation }) => explanation) } : {}),
    ...(lists.length === 1 ? first.verdict : {}),
    ...(tune ? { melody: tune } : {}),
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
