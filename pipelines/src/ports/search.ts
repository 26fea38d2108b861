// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { MelodyOutput } from '@earshot/inference-service/contract';
import type { FusedHit, MatchVerdict, SearchHit, SearchRequest, TimeSpan } from '@earshot/mappings/search';

/** A query as a vector of one space. */
export interface QueryVector {
  readonly space: string;
  /** 12 hex digits of what made the vector. */
  readonly fingerprint: string;
  readonly vector: Float32Array;
  /** In melody spaces, which search with this instead. */
  readonly melody?: QueryMelody | undefined;
}

/** A stretch of a tune that is searched with. */
export interface MelodyVersion extends TimeSpan {
  readonly vector: Float32Array;
}

/** A tune to search with. */
export interface QueryMelody {
  /** Where in the track they lie. */
  readonly versions: readonly MelodyVersion[];
  /** MIDI semitones a hop, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
  readonly hopMs: number;
  /** What else the service says of it; unknown of an indexed recording. */
  readonly heard?: Omit<MelodyOutput, 'pitch' | 'hop_ms'> | undefined;
}

/** A recording to search with; times in seconds cut a part out of it. */
export interface QueryAudio {
  readonly open: () => Readable;
  readonly length: number;
  readonly fromSeconds?: number | undefined;
  readonly toSeconds?: number | undefined;
  /** How many peaks of its waveform to bring along; default none. */
  readonly peaks?: number | undefined;
}

/** What to look for. */
export type QueryInput =
  | ({ readonly kind: 'audio' } & QueryAudio)
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Like these recordings and unlike those, by document id. */
  | { readonly kind: 'examples'; readonly like: readonly string[]; readonly unlike: readonly string[] }
  /** Embedded before, e.g. a stored query. */
  | { readonly kind: 'vectors'; readonly vectors: readonly QueryVector[] };

export interface SearchQuery {
  readonly library: string;
  /** One space, or several whose lists are fused by rank. */
  readonly spaces: readonly string[];
  readonly input: QueryInput;
  /** Default 10. */
  readonly k?: number | undefined;
  /** Default 100, or k if that is more. */
  readonly numCandidates?: number | undefined;
  /** `audio.codec:flac`, `genre:folk`, `audio.duration_ms:>=5000`. */
  readonly filters?: readonly string[] | undefined;
  readonly exact?: boolean | undefined;
  /** Compare with each window instead of the whole recording. */
  readonly segments?: boolean | undefined;
  /** Add what the search cost. */
  readonly explain?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SearchTook {
  readonly decode: number;
  readonly embed: number;
  readonly search: number;
  readonly total: number;
}

/** How one space's list came about. */
export interface SearchExplanation {
  readonly space: string;
  readonly index: string;
  readonly fingerprint: string;
  readonly similarity: string;
  readonly mode: 'approximate' | 'exact';
  readonly k: number;
  readonly num_candidates: number;
  /** Vectors compared; null where Elasticsearch does not say (exact searches compare all). */
  readonly vector_operations: number | null;
  readonly elasticsearch_ms: number;
  /** In melody spaces: stretches of the query that were asked with, and songs whose pitch tracks were compared. */
  readonly versions?: number;
  readonly reranked?: number;
}

/** What `earshot search --json` prints. The verdict is given where one melody space is searched. */
export interface SearchResult extends Partial<MatchVerdict> {
  readonly space: string;
  readonly took_ms: SearchTook;
  readonly total: number;
  readonly hits: readonly (SearchHit | FusedHit)[];
  /** Ready for Dev Tools; the first one when several spaces were asked. */
  readonly request: SearchRequest;
  /** All, when there were several: one a space; in melody spaces one a version of the query, and one for pitch tracks. */
  readonly requests?: readonly SearchRequest[];
  readonly explain?: readonly SearchExplanation[];
  /** What a melody space heard in the query recording. */
  readonly melody?: MelodyOutput;
}

export interface EmbeddedQuery {
  readonly vectors: readonly QueryVector[];
  readonly durationMs: number;
  /** 0…127 each; empty unless asked for. */
  readonly peaks: readonly number[];
  readonly decodeMs: number;
  readonly embedMs: number;
}

/** Searching, as the command line and the panel's gateway do it. */
export interface Search {
  /** @throws EarshotError QUERY_INVALID, QUERY_AUDIO_UNUSABLE, DOCUMENT_NOT_FOUND, INDEX_MISSING, FINGERPRINT_MISMATCH, … */
  search(query: SearchQuery): Promise<SearchResult>;
  /** Only the vectors of words, one a space. @throws EarshotError QUERY_INVALID where a space takes no words */
  embedText(text: string, spaces: readonly string[], signal?: AbortSignal): Promise<EmbeddedQuery>;
  /** Only the vectors of a recording, one a space: search with them by `kind: 'vectors'`. */
  embedAudio(audio: QueryAudio, spaces: readonly string[], signal?: AbortSignal): Promise<EmbeddedQuery>;
}
