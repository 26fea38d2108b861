// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { QueryMelody } from '@earshot/pipelines/ports';
import type { FacetsAnswer, QueryAnswer, SearchAnswer, StatusAnswer, TrackAnswer } from '../../contract/answers.ts';

/** How to search, whatever the example is. */
export interface SearchSettings {
  readonly space: string;
  readonly k: number;
  readonly numCandidates: number;
  readonly isExact: boolean;
  /** Compare windows instead of whole recordings. */
  readonly bySegments: boolean;
  /** `key:value` as `earshot search --filter` takes them. */
  readonly filters: readonly string[];
}

/** What of a recording, or of words, is searched with. */
export interface QueryContent {
  readonly vector: Float32Array;
  /** In melody spaces. */
  readonly melody?: QueryMelody | undefined;
}

/** What to search for: an indexed recording, or a stored query's vector. */
export type Example =
  | { readonly kind: 'document'; readonly id: string }
  | ({ readonly kind: 'query'; readonly queryId: string; readonly fingerprint: string } & QueryContent);

export type Search = (example: Example, settings: SearchSettings) => Promise<SearchAnswer>;

/** An uploaded file, spooled to disk. */
export interface Upload {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** A recording, or words, turned into a vector by the inference service. */
export interface EmbeddedQuery extends QueryContent {
  readonly fingerprint: string;
  readonly durationMs: number;
  readonly peaks: readonly number[];
  /** Milliseconds. */
  readonly took: { readonly decode: number; readonly embed: number };
}

export interface QueryWindow {
  readonly fromSeconds?: number | undefined;
  readonly toSeconds?: number | undefined;
}

/** @throws EarshotError when the recording is unusable or the service is away */
export type EmbedQuery = (upload: Upload, space: string, window: QueryWindow) => Promise<EmbeddedQuery>;

/** @throws EarshotError when the space takes no words, or the service is away */
export type EmbedText = (text: string, space: string) => Promise<EmbeddedQuery>;

/** Query vectors that expire: `earshot-queries`. */
export interface QueryStore {
  /** Gives the id of the stored query. */
  save(query: { readonly title: string; readonly space: string; readonly embedded: EmbeddedQuery }): Promise<string>;
  /** Undefined when it is unknown or expired. */
  find(queryId: string): Promise<QueryAnswer | undefined>;
  content(query: QueryAnswer): Promise<QueryContent>;
  removeExpired(): Promise<number>;
}

/** What the index says about a recording's audio. */
export interface AudioPlace {
  readonly id: string;
  readonly uri: string;
  readonly key: string;
  readonly etag?: string;
  readonly versionId?: string;
}

/** Indexed recordings, read only. */
export interface TrackStore {
  find(id: string): Promise<TrackAnswer | undefined>;
  audioById(id: string): Promise<AudioPlace | undefined>;
  audioByUri(uri: string): Promise<AudioPlace | undefined>;
  facets(space: string): Promise<FacetsAnswer>;
}

export interface ByteRange {
  readonly start: number;
  /** Included. */
  readonly end: number;
}

/** The recordings themselves, in the configured source. */
export interface AudioSource {
  /** Whether the configured source holds this address; a reason when not. */
  whyNotServed(place: AudioPlace): string | undefined;
  /** Bytes; undefined when nothing is there. */
  size(place: AudioPlace): Promise<number | undefined>;
  open(place: AudioPlace, range: ByteRange, signal: AbortSignal): Promise<Readable>;
}

export type ReadStatus = () => Promise<StatusAnswer>;
