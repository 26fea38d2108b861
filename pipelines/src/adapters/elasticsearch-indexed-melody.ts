// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument } from '@earshot/mappings';
import { decodeVector } from '@earshot/mappings/search';
import type { Client } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import type { IndexedMelody } from '../ports/search-cluster.ts';
import { toEarshotError } from './elasticsearch-client.ts';

/** Vectors are named: Elasticsearch 9.2 and later leave them out of `_source` otherwise. */
const FIELDS = ['melody', 'segments', 'segments.embedding'];

/** Windows and pitch track of one recording. @throws EarshotError DOCUMENT_NOT_FOUND when it has none */
export async function readIndexedMelody(client: Client, alias: string, id: string): Promise<IndexedMelody> {
  const answer = await client
    .search<Pick<AudioDocument, 'melody' | 'segments'>>({
      index: alias,
      size: 1,
      query: { ids: { values: [id] } },
      _source: { includes: FIELDS },
    })
    .catch((error: unknown) => {
      throw toEarshotError(error, `reading the melody of ${id} from ${alias}`);
    });
  const [hit] = answer.hits.hits;
  if (!hit) throw new EarshotError('DOCUMENT_NOT_FOUND', `There is no document ${id} in ${alias}`);
  const { melody, segments = [] } = hit._source ?? {};
  if (!melody || segments.length === 0)
    throw new EarshotError('DOCUMENT_NOT_FOUND', `Document ${id} has no melody in ${alias}`, {
      remedy: 'No tune was heard in it when it was indexed; search with another recording.',
    });
  return {
    melody,
    segments: segments.map(({ start_ms, end_ms, embedding }) => ({
      start_ms,
      end_ms,
      embedding: typeof embedding === 'string' ? decodeVector(embedding) : Float32Array.from(embedding),
    })),
  };
}
