// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, STATE_ALIASES, stateIndexName } from '@earshot/mappings';
import type { Client, estypes } from '@elastic/elasticsearch';
import { createBulkWriter } from '../core/bulk-writer.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { BulkOperation } from '../ports/bulk-writer.ts';
import type { Strike, Strikes } from '../ports/strikes.ts';
import type { IdRange } from '../ports/sync-index.ts';
import { createSendBulk } from './elasticsearch-bulk.ts';
import { toEarshotError } from './elasticsearch-client.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly source: string;
}

/** A strike as it lies in `earshot-control`, versioned by run numbers as documents are. */
interface StoredStrike {
  readonly kind: 'sync_strike';
  readonly library: string;
  readonly source: string;
  readonly space: { readonly id: string };
  readonly audio: { readonly id: string; readonly key: string };
  readonly strikes: number;
  readonly first_missed: string;
}

const INDEX = STATE_ALIASES.control;
const KIND = 'sync_strike';
const PAGE = 1000;

function queryOf({ library, space, source }: Options, { from, before }: IdRange): estypes.SearchRequest['query'] {
  const bounds = { ...(from ? { gte: from } : {}), ...(before ? { lt: before } : {}) };
  const filter = [
    { term: { kind: KIND } },
    { term: { library } },
    { term: { source } },
    { term: { 'space.id': space } },
    ...(from || before ? [{ range: { 'audio.id': bounds } }] : []),
  ];
  return { bool: { filter } };
}

async function* storedStrikes(options: Options, ids: IdRange): AsyncGenerator<Strike> {
  const { client } = options;
  await client.indices.refresh({ index: INDEX });
  for (let after: estypes.SortResults | undefined; ; ) {
    const { hits } = await client.search<StoredStrike>({
      index: INDEX,
      size: PAGE,
      track_total_hits: false,
      query: queryOf(options, ids),
      // A control index that was made before strikes has no such field; it then holds none.
      sort: [{ 'audio.key': { order: 'asc', unmapped_type: 'keyword' } }],
      ...(after ? { search_after: after } : {}),
    } as estypes.SearchRequest);
    for (const { _source: found } of hits.hits)
      if (found)
        yield { id: found.audio.id, key: found.audio.key, strikes: found.strikes, firstMissed: found.first_missed };
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < PAGE || !after) return;
  }
}

/** Strikes of one library, source and space in `earshot-control`. */
export function createElasticsearchStrikes(options: Options): Strikes {
  const { client, library, space, source } = options;
  const writer = createBulkWriter({
    send: createSendBulk({ client, alias: INDEX }),
    concreteIndices: [stateIndexName(INDEX)],
  });
  let failed = 0;
  const submit = async (id: string, operation: Pick<BulkOperation, 'action' | 'version' | 'body'>): Promise<void> => {
    const outcome = await writer.submit({ opId: id, id: `strike:${library}:${space}:${id}`, ...operation });
    if (outcome.state === 'poison' || outcome.state === 'failed') failed++;
  };
  return {
    stored: async function* (ids = {}) {
      try {
        yield* storedStrikes(options, ids);
      } catch (error) {
        throw toEarshotError(error, `reading strikes from ${INDEX}`);
      }
    },
    put: ({ id, key, strikes, firstMissed }, version) => {
      const document: StoredStrike = {
        kind: KIND,
        library,
        source,
        space: { id: space },
        audio: { id, key },
        strikes,
        first_missed: firstMissed,
      };
      return submit(id, { action: 'index', version, body: Buffer.from(JSON.stringify(document)) });
    },
    clear: (id, version) => submit(id, { action: 'delete', version }),
    settle: async () => {
      await writer.drain();
      const stop = writer.stopReason();
      if (stop) throw stop;
      if (failed > 0)
        throw new EarshotError('ELASTICSEARCH_UNAVAILABLE', `${failed} strikes could not be written to ${INDEX}`);
    },
  };
}
