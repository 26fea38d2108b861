// SPDX-License-Identifier: Apache-2.0
import type { SpaceMeta } from '@earshot/mappings/definitions';
import type { SearchRequest, SearchResponse } from '@earshot/mappings/search';

export interface ProfiledResponse extends SearchResponse {
  readonly profile?: {
    readonly shards: readonly {
      readonly dfs?: { readonly knn?: readonly { readonly vector_operations_count?: number }[] };
    }[];
  };
}

/** The cluster as a search sees it. */
export interface SearchCluster {
  /** @throws EarshotError DOCUMENT_NOT_FOUND when a looked-up document or its vector is missing */
  search(request: SearchRequest): Promise<ProfiledResponse>;
  /** `_meta` of the index behind an alias. @throws EarshotError INDEX_MISSING */
  spaceMeta(alias: string): Promise<SpaceMeta>;
  /** Track vectors by document id. @throws EarshotError DOCUMENT_NOT_FOUND naming the first that has none */
  vectors(alias: string, ids: readonly string[]): Promise<Float32Array[]>;
}
