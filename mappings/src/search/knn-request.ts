// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '@earshot/models';
import type { FilterClause } from './filter.ts';
import { QueryInvalidError } from './query-invalid-error.ts';
import { exactScript } from './score.ts';

/** A request as Dev Tools would show it. */
export interface SearchRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The sound that is looked for: its vector (numbers, or base64 of big-endian float32), or a document to take it from. */
export type KnnQuery =
  | { readonly vector: string | readonly number[] }
  | { readonly lookup: { readonly index: string; readonly id: string; readonly path: string } };

export interface KnnRequestOptions {
  /** Index or alias. */
  readonly index: string;
  readonly query: KnnQuery;
  /** Hits wanted, 1…10,000. */
  readonly k: number;
  /** Candidates a shard, k…10,000. */
  readonly numCandidates: number;
  readonly filters?: readonly FilterClause[];
  readonly excludeIds?: readonly string[];
  /** Only these documents. */
  readonly onlyIds?: readonly string[];
  /** Compare with each window instead of the whole recording; hits then say which window. */
  readonly segments?: boolean;
  /** Windows that a hit names, the best first; default 1. Each costs a query a hit, so that long lists go without: 0. */
  readonly spans?: number;
  /** False: hits are ids, scores and spans only. */
  readonly describes?: boolean;
  /** How many times k is scored again with the full vectors, where the index is quantised; default none. */
  readonly oversample?: number;
}

export interface ExactRequestOptions extends KnnRequestOptions {
  readonly similarity: Similarity;
}

export const MAX_CANDIDATES = 10_000;
const TRACK_FIELD = 'embedding';
const SEGMENT_FIELD = 'segments.embedding';
/** What hits show; vectors never travel back. */
export const HIT_SOURCE = ['title', 'audio.uri', 'labels', 'tags.artist', 'tags.genre'];

function innerHits({ segments = false, spans = 1 }: KnnRequestOptions): { readonly inner_hits?: object } {
  if (!segments || spans === 0) return {};
  // Not as `fields`: those of nested documents are read out of the whole document's source, once a window.
  const docvalue_fields = ['segments.start_ms', 'segments.end_ms'];
  return { inner_hits: { name: 'best', size: spans, _source: false, docvalue_fields } };
}
const sourceOf = ({ describes = true }: KnnRequestOptions): readonly string[] | false =>
  describes ? HIT_SOURCE : false;

function narrowing({ filters = [], excludeIds = [], onlyIds }: KnnRequestOptions): FilterClause | undefined {
  const filter = [...filters, ...(onlyIds ? [{ ids: { values: onlyIds } }] : [])];
  const mustNot = excludeIds.length > 0 ? { must_not: [{ ids: { values: excludeIds } }] } : {};
  if (filter.length === 0 && excludeIds.length === 0) return undefined;
  return { bool: { ...(filter.length > 0 ? { filter } : {}), ...mustNot } };
}

function checkLimits({ k, numCandidates }: KnnRequestOptions): void {
  const isInteger = Number.isInteger(k) && Number.isInteger(numCandidates);
  if (isInteger && k >= 1 && numCandidates >= k && numCandidates <= MAX_CANDIDATES) return;
  throw new QueryInvalidError(
    `k must be a whole number from 1 to num_candidates, and num_candidates at most ${MAX_CANDIDATES} (k ${k}, num_candidates ${numCandidates})`,
  );
}

const searchOf = (index: string, body: SearchRequest['body']): SearchRequest => ({
  method: 'POST',
  path: `/${index}/_search`,
  body,
});

/** Approximate nearest neighbours as a top-level `knn` search; filters narrow before, so k hits remain. */
export function buildKnnRequest(options: KnnRequestOptions): SearchRequest {
  checkLimits(options);
  const { query, k, numCandidates, segments = false, oversample } = options;
  const filter = narrowing(options);
  const knn = {
    field: segments ? SEGMENT_FIELD : TRACK_FIELD,
    ...('vector' in query ? { query_vector: query.vector } : { query_vector_builder: { lookup: query.lookup } }),
    k,
    num_candidates: numCandidates,
    ...(oversample ? { rescore_vector: { oversample } } : {}),
    ...(filter ? { filter } : {}),
    ...innerHits(options),
  };
  return searchOf(options.index, { size: k, _source: sourceOf(options), knn });
}

function numbersOf(query: KnnQuery): readonly number[] {
  if ('vector' in query && typeof query.vector !== 'string') return query.vector;
  throw new QueryInvalidError('An exact search takes its vector as numbers');
}

/** Exact neighbours: every vector is scored by a script (painless), with the same `_score` as kNN. */
export function buildExactRequest(options: ExactRequestOptions): SearchRequest {
  checkLimits(options);
  const { segments = false, similarity, k } = options;
  const field = segments ? SEGMENT_FIELD : TRACK_FIELD;
  const script = { source: exactScript(similarity, field), params: { q: numbersOf(options.query) } };
  const scored = (query: FilterClause): FilterClause => ({ script_score: { query, script } });
  const filter = narrowing(options);
  const hasVector = { exists: { field } };
  if (!segments) {
    const query = scored({ bool: { filter: [hasVector, ...(filter ? [filter] : [])] } });
    return searchOf(options.index, { size: k, _source: sourceOf(options), query });
  }
  const nested = { path: 'segments', score_mode: 'max', query: scored(hasVector), ...innerHits(options) };
  const query = { bool: { must: [{ nested }], ...(filter ? { filter: [filter] } : {}) } };
  return searchOf(options.index, { size: k, _source: sourceOf(options), query });
}
