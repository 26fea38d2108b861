// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import type { ContentLookup, IndexedContent } from '../ports/sync-index.ts';

interface Options {
  readonly client: Client;
  readonly index: string;
  readonly fingerprint: string;
}

/** A look-up that takes longer costs more than it saves. */
const PATIENCE = { requestTimeout: 10_000, maxRetries: 0 };
/** Vectors are named: Elasticsearch 9.2 and later leave them out of `_source` otherwise. */
const CONTENT_FIELDS = ['audio', 'space', 'embedding', 'segments', 'melody'];

/** Documents by the content of their recordings, in one index and for one fingerprint. */
export function createContentLookup({ client, index, fingerprint }: Options): ContentLookup {
  return {
    findIds: async (sha256s) => {
      const { hits } = await client.search(
        {
          index,
          size: sha256s.length,
          _source: false,
          track_total_hits: false,
          query: {
            bool: {
              filter: [{ terms: { 'audio.sha256': [...sha256s] } }, { term: { 'space.fingerprint': fingerprint } }],
            },
          },
          collapse: { field: 'audio.sha256' },
        },
        PATIENCE,
      );
      return new Map(
        hits.hits.map(({ _id, fields }) => [
          String((fields?.['audio.sha256'] as string[] | undefined)?.[0]),
          _id ?? '',
        ]),
      );
    },
    get: async (ids) => {
      const { docs } = await client.mget<IndexedContent>(
        { index, ids: [...ids], _source_includes: CONTENT_FIELDS },
        PATIENCE,
      );
      return new Map(docs.flatMap((doc) => ('_source' in doc && doc._source ? [[doc._id, doc._source]] : [])));
    },
  };
}
