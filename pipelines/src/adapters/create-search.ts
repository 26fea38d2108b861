// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import { embedQuery } from '../core/search/embed-query.ts';
import { embedWords } from '../core/search/embed-words.ts';
import type { SearchDeps } from '../core/search/query-plan.ts';
import { runSearch } from '../core/search/run-search.ts';
import type { Search } from '../ports/search.ts';
import { createElasticsearchSearchCluster } from './elasticsearch-search-cluster.ts';

interface Parts extends Omit<SearchDeps, 'cluster'> {
  readonly client: Client;
}

/** Search over a cluster and an inference service; `spaces` as `loadSpaces` of `@earshot/models/registry` gives them. */
export function createSearch({ client, ...parts }: Parts): Search {
  const deps = { ...parts, cluster: createElasticsearchSearchCluster(client) };
  return {
    search: (query) => runSearch(deps, query),
    embedText: (text, spaces, signal) => embedWords(deps, text, { spaces, signal }),
    embedAudio: (audio, spaces, signal) => embedQuery(parts.embedder, audio, { spaces, signal }),
  };
}
