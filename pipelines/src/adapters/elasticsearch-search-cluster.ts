// SPDX-License-Identifier: Apache-2.0
import type { SpaceMeta } from '@earshot/mappings/definitions';
import type { SearchRequest } from '@earshot/mappings/search';
import { type Client, errors } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import type { ProfiledResponse, SearchCluster } from '../ports/search-cluster.ts';
import { toEarshotError } from './elasticsearch-client.ts';
import { readIndexedMelody } from './elasticsearch-indexed-melody.ts';

interface Answer {
  readonly error?: { readonly type?: string; readonly reason?: string };
}

/** The lookup builder answers 404 when the document is missing or has no vector. */
function lookupFailure(error: unknown): EarshotError | undefined {
  if (!(error instanceof errors.ResponseError) || error.statusCode !== 404) return undefined;
  const { error: reason } = (error.body ?? {}) as Answer;
  if (reason?.type === 'index_not_found_exception')
    return new EarshotError('INDEX_MISSING', `There is no index to search: ${reason.reason}`, { cause: error });
  return new EarshotError('DOCUMENT_NOT_FOUND', reason?.reason ?? 'The document does not exist', { cause: error });
}

async function spaceMeta(client: Client, alias: string): Promise<SpaceMeta> {
  const answer = await client.indices.getMapping({ index: alias }).catch((error: unknown) => {
    if (error instanceof errors.ResponseError && error.statusCode === 404)
      throw new EarshotError('INDEX_MISSING', `There is no index behind ${alias}`, { cause: error });
    throw toEarshotError(error, `reading what ${alias} holds`);
  });
  const metas = Object.values(answer).map(({ mappings }) => mappings._meta as SpaceMeta | undefined);
  const [first] = metas;
  if (first?.fingerprint && metas.every((meta) => meta?.fingerprint === first.fingerprint)) return first;
  throw new EarshotError('FINGERPRINT_MISMATCH', `The indices behind ${alias} do not name one fingerprint in _meta`, {
    remedy: 'Let the alias point to one index that earshot apply made.',
  });
}

async function vectors(client: Client, alias: string, ids: readonly string[]): Promise<Float32Array[]> {
  const answer = await client
    .search({
      index: alias,
      size: ids.length,
      _source: false,
      query: { ids: { values: [...ids] } },
      fields: ['embedding'],
    })
    .catch((error: unknown) => {
      throw toEarshotError(error, `fetching vectors from ${alias}`);
    });
  const found = new Map(answer.hits.hits.map((hit) => [hit._id, hit.fields?.embedding as number[] | undefined]));
  return ids.map((id) => {
    const vector = found.get(id);
    if (vector) return Float32Array.from(vector);
    const why = found.has(id)
      ? `Document ${id} has no vector in ${alias} (silent?)`
      : `There is no document ${id} in ${alias}`;
    throw new EarshotError('DOCUMENT_NOT_FOUND', why);
  });
}

async function search(client: Client, { method, path, body }: SearchRequest): Promise<ProfiledResponse> {
  try {
    return await client.transport.request<ProfiledResponse>({ method, path, body });
  } catch (error) {
    throw lookupFailure(error) ?? toEarshotError(error, `searching ${path}`);
  }
}

interface MultiAnswer {
  readonly responses: readonly (ProfiledResponse | (Answer & { readonly status: number }))[];
}

/** One `_msearch`; each request is one that could be sent alone. */
async function searchAll(client: Client, requests: readonly SearchRequest[]): Promise<ProfiledResponse[]> {
  const lines = requests.flatMap(({ path, body }) => [{ index: path.slice(1, path.lastIndexOf('/')) }, body]);
  const { responses } = await client.transport
    .request<MultiAnswer>({ method: 'POST', path: '/_msearch', bulkBody: lines })
    .catch((error: unknown) => {
      throw toEarshotError(error, 'searching');
    });
  return Promise.all(
    responses.map(async (response, i) => {
      if ('hits' in response) return response;
      // Alone it fails again, and then says why in the usual way; or it succeeds, and that is right as well.
      const [request] = requests.slice(i, i + 1);
      if (request) return search(client, request);
      throw new EarshotError('INTERNAL', 'Elasticsearch answered more searches than were asked');
    }),
  );
}

/** Searching on a real cluster. */
export function createElasticsearchSearchCluster(client: Client): SearchCluster {
  return {
    search: (request) => search(client, request),
    searchAll: (requests) => searchAll(client, requests),
    melody: (alias, id) => readIndexedMelody(client, alias, id),
    spaceMeta: (alias) => spaceMeta(client, alias),
    vectors: (alias, ids) => vectors(client, alias, ids),
  };
}
