// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '@earshot/models';
import { rawSimilarity } from './score.ts';

export interface TimeSpan {
  readonly start_ms: number;
  readonly end_ms: number;
}

/** One recording found. */
export interface SearchHit {
  /** From 1. */
  readonly rank: number;
  readonly id: string;
  /** Elasticsearch's `_score`; for fused lists the sum of reciprocal ranks. */
  readonly score: number;
  /** Raw measure: cosine in −1…1, dot product, or distance. */
  readonly similarity: number;
  readonly title: string;
  readonly uri: string;
  /** From paths and sidecar files. */
  readonly labels: Readonly<Record<string, unknown>>;
  /** Artist and genre from the file's own tags. */
  readonly tags: Readonly<Record<string, unknown>>;
  /** Where in the recording it matches best; null when unknown. */
  readonly segment: TimeSpan | null;
  /** In melody spaces: semitones apart after alignment of the pitch tracks, 0…4; null when they were not compared. */
  readonly melody?: { readonly distance: number | null };
}

/** The part of a search response that hits are read from. */
export interface SearchResponse {
  readonly took: number;
  readonly hits: { readonly total?: number | { readonly value: number }; readonly hits: readonly ResponseHit[] };
}

export interface ResponseHit {
  readonly _id?: string;
  readonly _score?: number | null;
  readonly _source?: unknown;
  readonly inner_hits?: Readonly<Record<string, { readonly hits: { readonly hits: readonly InnerHit[] } }>>;
}

interface InnerHit {
  readonly fields?: Readonly<Record<string, readonly number[]>>;
}

interface Source {
  readonly title?: string;
  readonly audio?: { readonly uri?: string };
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** The windows that a hit names, the best first. */
export function spansOf(hit: ResponseHit): TimeSpan[] {
  return (hit.inner_hits?.best?.hits.hits ?? []).flatMap(({ fields }) => {
    const start = fields?.['segments.start_ms']?.[0];
    const end = fields?.['segments.end_ms']?.[0];
    return start === undefined || end === undefined ? [] : [{ start_ms: start, end_ms: end }];
  });
}

const bestSegment = (hit: ResponseHit): TimeSpan | null => spansOf(hit)[0] ?? null;

/** Hits of a response in order, scores inverted to the space's raw measure. */
export function readHits(response: SearchResponse, similarity: Similarity): SearchHit[] {
  return response.hits.hits.map((hit, i) => {
    const source = (hit._source ?? {}) as Source;
    const score = hit._score ?? 0;
    return {
      rank: i + 1,
      id: hit._id ?? '',
      score,
      similarity: rawSimilarity(similarity, score),
      title: source.title ?? '',
      uri: source.audio?.uri ?? '',
      labels: source.labels ?? {},
      tags: source.tags ?? {},
      segment: bestSegment(hit),
    };
  });
}

export function readTotal({ hits }: SearchResponse): number {
  return typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? hits.hits.length);
}

/** Document id → best-matching time span. */
export const readSegments = (response: SearchResponse): ReadonlyMap<string, TimeSpan> =>
  new Map(
    response.hits.hits.flatMap((hit) => {
      const segment = bestSegment(hit);
      return segment && hit._id ? [[hit._id, segment] as const] : [];
    }),
  );
