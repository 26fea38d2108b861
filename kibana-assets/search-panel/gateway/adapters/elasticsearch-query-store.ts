// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { STATE_ALIASES } from '@earshot/mappings';
import { EarshotError, toEarshotError } from '@earshot/pipelines/adapters';
import { type Client, errors } from '@elastic/elasticsearch';
import type { QueryAnswer } from '../../contract/answers.ts';
import { PanelError } from '../core/panel-error.ts';
import type { QueryStore } from '../core/ports.ts';
import { loadMelody, type StoredQueryMelody, storeMelody } from './stored-melody.ts';

interface Options {
  readonly client: Client;
  readonly library: string;
  /** How long a stored query can be reloaded. */
  readonly keepForMs: number;
  readonly now?: () => number;
}

interface StoredQuery {
  readonly '@timestamp': string;
  readonly expires_at: string;
  readonly library: string;
  readonly query: { readonly id: string; readonly mode: 'upload' };
  readonly audio: { readonly title: string; readonly duration_ms: number; readonly peaks: readonly number[] };
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly embedding?: Readonly<Record<string, readonly number[]>>;
  readonly melody?: Readonly<Record<string, StoredQueryMelody>>;
}

const index = STATE_ALIASES.queries;

function storeFailure(error: unknown, doing: string): unknown {
  if (error instanceof errors.ResponseError && error.statusCode === 404)
    return new EarshotError('INDEX_MISSING', `There is no ${index} in Elasticsearch`, { remedy: 'Run earshot apply.' });
  return toEarshotError(error, doing);
}

function answerOf(queryId: string, stored: StoredQuery): QueryAnswer {
  const [space = '', fingerprint = ''] = Object.entries(stored.fingerprints)[0] ?? [];
  const { title, duration_ms, peaks } = stored.audio;
  return { queryId, title, space: { id: space, fingerprint }, duration_ms, peaks, expires_at: stored.expires_at };
}

/** Query vectors in `earshot-queries`: every upload gets an id that can be reloaded and shared until it expires. */
export function createElasticsearchQueryStore({ client, library, keepForMs, now = Date.now }: Options): QueryStore {
  const isCurrent = (stored: StoredQuery): boolean =>
    stored.library === library && Date.parse(stored.expires_at) > now();

  const save: QueryStore['save'] = async ({ title, space, embedded }) => {
    const id = randomUUID();
    const document: StoredQuery = {
      '@timestamp': new Date(now()).toISOString(),
      expires_at: new Date(now() + keepForMs).toISOString(),
      library,
      query: { id, mode: 'upload' },
      audio: { title, duration_ms: embedded.durationMs, peaks: embedded.peaks },
      fingerprints: { [space]: embedded.fingerprint },
      embedding: { [space]: Array.from(embedded.vector) },
      ...(embedded.melody ? { melody: { [space]: storeMelody(embedded.melody) } } : {}),
    };
    await client
      // Visible at once, since the lookup builder searches; never creates a plain index where the alias is missing.
      .index({ index, id, document, refresh: true, require_alias: true })
      .catch((error: unknown) => {
        throw storeFailure(error, 'storing the query');
      });
    return id;
  };

  const find: QueryStore['find'] = async (queryId) => {
    try {
      const found = await client.get<StoredQuery>({ index, id: queryId, _source_excludes: ['embedding', 'melody'] });
      return found._source && isCurrent(found._source) ? answerOf(queryId, found._source) : undefined;
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 404) return undefined;
      throw toEarshotError(error, 'reading a stored query');
    }
  };

  const content: QueryStore['content'] = async ({ queryId, space }) => {
    const field = `embedding.${space.id}`;
    const answer = await client
      .search<Pick<StoredQuery, 'melody'>>({
        index,
        size: 1,
        query: { ids: { values: [queryId] } },
        _source: ['melody'],
        fields: [field],
      })
      .catch((error: unknown) => {
        throw storeFailure(error, 'reading a stored query');
      });
    const [hit] = answer.hits.hits;
    const values: unknown = hit?.fields?.[field];
    if (!Array.isArray(values)) throw new PanelError('PANEL_QUERY_EXPIRED', `Query ${queryId} has no vector any more`);
    const melody = hit?._source?.melody?.[space.id];
    return { vector: Float32Array.from(values as number[]), ...(melody ? { melody: loadMelody(melody) } : {}) };
  };

  const removeExpired: QueryStore['removeExpired'] = async () => {
    const query = { range: { expires_at: { lt: new Date(now()).toISOString() } } };
    const answer = await client
      .deleteByQuery({ index, query, conflicts: 'proceed', refresh: true })
      .catch((error: unknown) => {
        throw storeFailure(error, 'removing expired queries');
      });
    return answer.deleted ?? 0;
  };

  return { save, find, content, removeExpired };
}
