// SPDX-License-Identifier: Apache-2.0
import type { MelodyOutput } from '@earshot/inference-service/contract';
import type { MatchVerdict, SearchHit } from '@earshot/mappings/search';

export type { SearchHit };

/** What the gateway answers, seen by the browser too: types only. Vectors never appear here. */

/** A request as Dev Tools shows it; a stored query's vector is looked up there, other vectors are left out. */
export interface DevToolsRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What a melody space heard in a query recording. */
export type HeardTune = Omit<MelodyOutput, 'reason'>;

/** The answer of `earshot search --json`, plus the id under which an upload or words were stored. */
export interface SearchAnswer extends Partial<MatchVerdict> {
  readonly space: string;
  /** Milliseconds; decode and embed are 0 where nothing was embedded. */
  readonly took_ms: {
    readonly decode: number;
    readonly embed: number;
    readonly search: number;
    readonly total: number;
  };
  readonly total: number;
  readonly hits: readonly SearchHit[];
  readonly request: DevToolsRequest;
  readonly queryId?: string;
  /** What a melody space heard in the query recording, to be drawn. */
  readonly melody?: HeardTune;
}

/** Every failure of the gateway. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
}

interface PartState {
  readonly ok: boolean;
  /** Why not, or a detail such as the version. */
  readonly reason: string;
}

export interface SpaceStatus extends PartState {
  readonly id: string;
  /** Documents behind the read alias; null when it is missing. */
  readonly documents: number | null;
  readonly fingerprint: string | null;
  readonly acceptsText: boolean;
}

export interface StatusAnswer {
  readonly library: string;
  readonly elasticsearch: PartState;
  readonly inference: PartState;
  readonly spaces: readonly SpaceStatus[];
  readonly capabilities: {
    readonly upload: PartState;
    /** Searching with words: `POST /api/search` with `text`, in the spaces that say `acceptsText`. */
    readonly text: PartState;
    readonly audio: PartState;
    readonly devTools: PartState;
  };
  readonly kibanaUrl: string | null;
  readonly maxUploadBytes: number;
}

/** `GET /api/queries/:id` */
export interface QueryAnswer {
  readonly queryId: string;
  readonly title: string;
  readonly space: { readonly id: string; readonly fingerprint: string };
  readonly duration_ms: number;
  readonly peaks: readonly number[];
  readonly expires_at: string;
}

/** `GET /api/tracks/:id`: the document without vectors. */
export interface TrackAnswer {
  readonly id: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly segments: readonly { readonly start_ms: number; readonly end_ms: number }[];
}

/** `GET /api/facets`: how often each value occurs in the library. */
export interface FacetsAnswer {
  readonly facets: readonly {
    /** Key in the URL and in filters. */
    readonly key: string;
    readonly values: readonly { readonly value: string; readonly count: number }[];
  }[];
}

/** `POST /api/snippet` */
export interface SnippetAnswer {
  readonly language: string;
  readonly code: string;
}
