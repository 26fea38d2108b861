// SPDX-License-Identifier: Apache-2.0
import { type AudioDocument, readAlias } from '@earshot/mappings';
import { EarshotError, toEarshotError } from '@earshot/pipelines/adapters';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { FacetsAnswer } from '../../contract/answers.ts';
import { FILTER_FIELDS } from '../../contract/filter-keys.ts';
import type { AudioPlace, TrackStore } from '../core/ports.ts';

interface Options {
  readonly client: Client;
  readonly library: string;
  readonly spaces: readonly string[];
}

const VALUES_A_FACET = 20;
const DELETED = { exists: { field: 'sync.deleted_at' } };
const VECTORS = ['embedding', 'segments.embedding'];

function placeOf(id: string, { audio }: Pick<AudioDocument, 'audio'>): AudioPlace {
  const { uri, key, etag, version_id } = audio;
  return {
    id,
    uri,
    key,
    ...(etag === undefined ? {} : { etag }),
    ...(version_id === undefined ? {} : { versionId: version_id }),
  };
}

/** Documents of the library, whichever of its spaces has them; never their vectors. */
export function createElasticsearchTrackStore({ client, library, spaces }: Options): TrackStore {
  const aliases = spaces.map((space) => readAlias({ library, space }));

  async function findOne(
    query: estypes.QueryDslQueryContainer,
    source: estypes.SearchSourceConfig,
  ): Promise<{ readonly id: string; readonly document: AudioDocument } | undefined> {
    const answer = await client
      .search<AudioDocument>({
        index: aliases,
        ignore_unavailable: true,
        size: 1,
        query: { bool: { filter: [query], must_not: [DELETED] } },
        _source: source,
      })
      .catch((error: unknown) => {
        throw toEarshotError(error, 'reading a recording');
      });
    const [hit] = answer.hits.hits;
    return hit?._id && hit._source ? { id: hit._id, document: hit._source } : undefined;
  }

  async function findPlace(query: estypes.QueryDslQueryContainer): Promise<AudioPlace | undefined> {
    const found = await findOne(query, { includes: ['audio'] });
    return found && placeOf(found.id, found.document);
  }

  async function facets(space: string): Promise<FacetsAnswer> {
    const index = readAlias({ library, space });
    const aggregations = Object.fromEntries(
      Object.entries(FILTER_FIELDS).map(([key, field]) => [key, { terms: { field, size: VALUES_A_FACET } }]),
    );
    const query = { bool: { must_not: [DELETED] } };
    const answer = await client.search({ index, size: 0, query, aggregations }).catch((error: unknown) => {
      if (error instanceof errors.ResponseError && error.statusCode === 404)
        throw new EarshotError('INDEX_MISSING', `There is no ${index} in Elasticsearch`);
      throw toEarshotError(error, 'counting facets');
    });
    const found = Object.keys(FILTER_FIELDS).map((key) => {
      const aggregate = answer.aggregations?.[key] as estypes.AggregationsStringTermsAggregate | undefined;
      const list = (aggregate?.buckets ?? []) as estypes.AggregationsStringTermsBucket[];
      return { key, values: list.map((bucket) => ({ value: String(bucket.key), count: bucket.doc_count })) };
    });
    return { facets: found.filter(({ values }) => values.length > 0) };
  }

  const find: TrackStore['find'] = async (id) => {
    const found = await findOne({ ids: { values: [id] } }, { excludes: VECTORS });
    if (!found) return undefined;
    const { segments = [], ...document } = found.document;
    const spans = segments.map(({ start_ms, end_ms }) => ({ start_ms, end_ms }));
    return { id: found.id, document: { ...document }, segments: spans };
  };

  return {
    find,
    audioById: (id) => findPlace({ ids: { values: [id] } }),
    audioByUri: (uri) => findPlace({ term: { 'audio.uri': uri } }),
    facets,
  };
}
