// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import type { StoredDocument, SyncIndex } from '../ports/sync-index.ts';
import { toEarshotError } from './elasticsearch-client.ts';

const FIELDS = [
  'audio.key',
  'audio.etag',
  'audio.size',
  'audio.version_id',
  'space.fingerprint',
  'sync.source',
  'sync.deleted_at',
];

type Stored = Partial<Pick<AudioDocument, 'audio' | 'space' | 'sync'>>;

function toStored(id: string, { audio, space, sync }: Stored): StoredDocument[] {
  if (!audio?.key) return [];
  const { key, etag, size, version_id: versionId } = audio;
  return [
    {
      id,
      key,
      ...(etag === undefined ? {} : { etag }),
      ...(size === undefined ? {} : { size }),
      ...(versionId === undefined ? {} : { versionId }),
      ...(space?.fingerprint === undefined ? {} : { fingerprint: space.fingerprint }),
      ...(sync?.deleted_at === undefined ? {} : { deletedAt: sync.deleted_at }),
    },
  ];
}

/** Finds documents by id, refreshed or not, and counts those of a source. */
export function createDocumentLookup(client: Client, index: string): Pick<SyncIndex, 'lookup' | 'count'> {
  async function lookup(ids: readonly string[]): Promise<StoredDocument[]> {
    if (ids.length === 0) return [];
    const answer = await client
      .mget<Stored>({ index, ids: [...ids], _source_includes: FIELDS })
      .catch((error: unknown) => {
        throw toEarshotError(error, `looking up documents of ${index}`);
      });
    return answer.docs.flatMap((doc) =>
      'found' in doc && doc.found && doc._source ? toStored(doc._id, doc._source) : [],
    );
  }

  async function count(source: string): Promise<number> {
    const query = {
      bool: { filter: [{ term: { 'sync.source': source } }], must_not: [{ exists: { field: 'sync.deleted_at' } }] },
    };
    try {
      await client.indices.refresh({ index });
      return (await client.count({ index, query })).count;
    } catch (error) {
      throw toEarshotError(error, `counting the documents of ${index}`);
    }
  }

  return { lookup, count };
}
