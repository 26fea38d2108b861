// SPDX-License-Identifier: Apache-2.0
import type { StoredMelody } from '@earshot/mappings';
import type { SpaceMeta } from '@earshot/mappings/definitions';
import type { SearchRequest, SearchResponse } from '@earshot/mappings/search';

export interface ProfiledResponse extends SearchResponse {
  readonly profile?: {
    readonly shards: readonly {
      readonly dfs?: { readonly knn?: readonly { readonly vector_operations_count?: number }[] };
    }[];
  };
}

/** What an indexed recording of a melody space is searched with. */
export interface IndexedMelody {
  readonly segments: readonly {
    readonly start_ms: number;
    readonly end_ms: number;
    readonly embedding: Float32Array;
  }[];
  readonly melody: StoredMelody;
}

/** The cluster as a search sees it. */
export interface SearchCluster {
  /** @throws EarshotError DOCUMENT_NOT_FOUND when a looked-up document or its vector is missing */
  search(request: SearchRequest): Promise<ProfiledResponse>;
  /** All at once, answers in the same order. @throws EarshotError as `search`, for the first that fails */
  searchAll(requests: readonly SearchRequest[]): Promise<ProfiledResponse[]>;
  /** Windows and pitch track of one recording. @throws EarshotError DOCUMENT_NOT_FOUND when it has none */
  melody(alias: string, id: string): Promise<IndexedMelody>;
  /** `_meta` of the index behind an alias. @throws EarshotError INDEX_MISSING */
  spaceMeta(alias: string): Promise<SpaceMeta>;
  /** Track vectors by document id. @throws EarshotError DOCUMENT_NOT_FOUND naming the first that has none */
  vectors(alias: string, ids: readonly string[]): Promise<Float32Array[]>;
}
