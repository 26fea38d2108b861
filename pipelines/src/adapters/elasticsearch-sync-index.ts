// SPDX-License-Identifier: Apache-2.0
import { type AudioDocument, type LibrarySpace, readAlias, writeAlias } from '@earshot/mappings';
import type { SpaceMeta } from '@earshot/mappings/definitions';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import { createBulkWriter } from '../core/bulk-writer.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { SendBulk } from '../ports/bulk-transport.ts';
import type { IdRange, Selection, StoredDocument, SyncIndex } from '../ports/sync-index.ts';
import { createSendBulk } from './elasticsearch-bulk.ts';
import { toEarshotError } from './elasticsearch-client.ts';
import { createContentLookup } from './elasticsearch-content-lookup.ts';
import { createDocumentLookup } from './elasticsearch-document-lookup.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly acceptsBase64: boolean;
  /** Default 60 s. */
  readonly bulkTimeoutMs?: number;
}

const PAGE = 2000;
const KEEP_ALIVE = '5m';
/** From doc values, not from `_source`: with vectors and waveforms in it that is five to eight times as fast. */
const FIELDS = ['audio.key', 'audio.etag', 'audio.size', 'audio.version_id', 'space.fingerprint', 'sync.deleted_at'];

function toStored(hit: estypes.SearchHit): StoredDocument {
  const first = <T>(field: string): T | undefined => (hit.fields?.[field] as T[] | undefined)?.[0];
  const etag = first<string>('audio.etag');
  const size = first<number>('audio.size');
  const versionId = first<string>('audio.version_id');
  const fingerprint = first<string>('space.fingerprint');
  const deletedAt = first<string>('sync.deleted_at');
  return {
    id: hit._id ?? '',
    key: first<string>('audio.key') ?? '',
    ...(etag === undefined ? {} : { etag }),
    ...(size === undefined ? {} : { size }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}

async function openPit(client: Client, index: string): Promise<string> {
  return (await client.openPointInTime({ index, keep_alive: KEEP_ALIVE })).id;
}

interface Walk {
  readonly client: Client;
  readonly index: string;
  readonly source: string;
  readonly selection?: Selection;
  /** What else documents must be. */
  readonly query?: estypes.QueryDslQueryContainer | undefined;
}

/** Ids are hashes, so that a range of them is an even share of the documents. */
const idClauses = ({ from, before }: IdRange) =>
  from || before
    ? [{ range: { 'audio.id': { ...(from ? { gte: from } : {}), ...(before ? { lt: before } : {}) } } }]
    : [];

const queryOf = ({ source, query, selection: { ids = {}, deletedBefore } = {} }: Walk) => ({
  bool: {
    filter: [
      { term: { 'sync.source': source } },
      ...(query ? [query] : []),
      ...idClauses(ids),
      ...(deletedBefore ? [{ range: { 'sync.deleted_at': { lt: deletedBefore } } }] : []),
    ],
  },
});

async function readPage(walk: Walk, pit: string, after: string | undefined): Promise<estypes.SearchHit[]> {
  const answer = await walk.client.search({
    pit: { id: pit, keep_alive: KEEP_ALIVE },
    size: PAGE,
    _source: false,
    track_total_hits: false,
    docvalue_fields: FIELDS,
    query: queryOf(walk),
    sort: [{ 'audio.key': 'asc' }],
    ...(after === undefined ? {} : { search_after: [after] }),
  });
  return answer.hits.hits;
}

const isLost = (error: unknown): boolean => error instanceof errors.ResponseError && error.statusCode === 404;

/** Every document of a source by its key; a point in time that expired is opened again behind the last key. */
async function* walkStored(walk: Walk): AsyncGenerator<StoredDocument> {
  let pit = await openPit(walk.client, walk.index);
  let after: string | undefined;
  try {
    for (;;) {
      const page = await readPage(walk, pit, after).catch(async (error: unknown) => {
        if (!isLost(error)) throw error;
        pit = await openPit(walk.client, walk.index);
        return readPage(walk, pit, after);
      });
      for (const hit of page) yield toStored(hit);
      if (page.length < PAGE) return;
      after = page.at(-1)?.sort?.[0] as string;
    }
  } catch (error) {
    throw toEarshotError(error, `reading what ${walk.index} holds`);
  } finally {
    await walk.client.closePointInTime({ id: pit }).catch(() => undefined);
  }
}

/** Vectors are named: Elasticsearch 9.2 and later leave them out of `_source` otherwise. */
const WHOLE = ['*', 'embedding', 'segments', 'segments.embedding'];

async function readWhole(client: Client, index: string, id: string): Promise<AudioDocument | undefined> {
  try {
    return (await client.get<AudioDocument>({ index, id, _source_includes: WHOLE }))._source;
  } catch (error) {
    if (isLost(error)) return undefined;
    throw toEarshotError(error, `reading ${id} from ${index}`);
  }
}

interface Described {
  readonly index: string;
  readonly meta: SpaceMeta;
  readonly hasTrackVector: boolean;
  readonly hasMelody: boolean;
  readonly aliases: Readonly<Record<string, { readonly filter?: unknown }>>;
}

/** Ready, without the vector of the whole recording or, in spaces that have none, of any segment. */
const vectorlessQuery = (hasTrackVector: boolean): estypes.QueryDslQueryContainer => ({
  bool: {
    filter: [{ term: { 'audio.status': 'ready' } }],
    must_not: [
      hasTrackVector
        ? { exists: { field: 'embedding' } }
        : { nested: { path: 'segments', query: { exists: { field: 'segments.embedding' } } } },
    ],
  },
});

interface Drawing extends Walk {
  readonly size: number;
  readonly seed: number;
}

async function drawSample({ client, index, source, size, seed }: Drawing): Promise<StoredDocument[]> {
  const random_score = { seed, field: '_seq_no' };
  const hidden = { exists: { field: 'sync.deleted_at' } };
  const of = { bool: { filter: [{ term: { 'sync.source': source } }], must_not: [hidden] } };
  const query = { function_score: { query: of, random_score, boost_mode: 'replace' } } as const;
  const request = { index, size, _source: false, track_total_hits: false, docvalue_fields: FIELDS, query };
  const answer = await client.search(request).catch((error: unknown) => {
    throw toEarshotError(error, `drawing a sample of ${index}`);
  });
  return answer.hits.hits.map(toStored);
}

async function describe(client: Client, alias: string): Promise<Described> {
  const remedy = 'Run earshot apply first.';
  const answer = await client.indices.get({ index: alias }).catch((error: unknown) => {
    if (isLost(error)) throw new EarshotError('INDEX_MISSING', `There is no index behind ${alias}`, { remedy });
    throw toEarshotError(error, `looking for ${alias}`);
  });
  const [found, ...more] = Object.entries(answer);
  const meta = found?.[1].mappings?._meta as SpaceMeta | undefined;
  if (!found || more.length > 0 || !meta?.fingerprint)
    throw new EarshotError('INDEX_MISSING', `${alias} must stand for one index that earshot apply made`, { remedy });
  if (found[0] === alias) throw new EarshotError('INDEX_MISSING', `${alias} is an index, not an alias`, { remedy });
  const { mappings, aliases = {} } = found[1];
  const { embedding, melody } = mappings?.properties ?? {};
  const hasTrackVector = embedding !== undefined;
  // Every index has room for a pitch track; only spaces of segments alone fill it.
  return { index: found[0], meta, hasTrackVector, hasMelody: melody !== undefined && !hasTrackVector, aliases };
}

/** The index behind the write alias of one library and space. @throws EarshotError INDEX_MISSING */
export async function openSyncIndex(options: Options): Promise<SyncIndex> {
  const { client, library, space, acceptsBase64, bulkTimeoutMs: timeoutMs } = options;
  const alias = writeAlias({ library, space });
  const { index, meta, hasTrackVector, hasMelody, aliases } = await describe(client, alias);
  const { fingerprint, dims } = meta;
  const refresh = async (): Promise<void> => {
    await client.indices.refresh({ index }).catch((error: unknown) => {
      throw toEarshotError(error, `refreshing ${index}`);
    });
  };
  let mayWrite = (): boolean => true;
  const sendBulk = createSendBulk({ client, alias, ...(timeoutMs ? { timeoutMs } : {}) });
  // Versions protect what a newer run wrote. What it found gone has none: a run that slept must not write at all.
  const send: SendBulk = (body) =>
    mayWrite() ? sendBulk(body) : Promise.reject(new Error('the lease was not renewed in time'));
  return {
    space,
    fingerprint,
    shape: { space, fingerprint, dims, hasTrackVector, hasMelody },
    acceptsBase64,
    hidesDeleted: JSON.stringify(aliases[readAlias({ library, space })]?.filter ?? null).includes('sync.deleted_at'),
    ...createDocumentLookup(client, index),
    withoutVectors: (source) => walkStored({ client, index, source, query: vectorlessQuery(hasTrackVector) }),
    sample: async (source, drawn) => {
      await refresh();
      return drawSample({ client, index, source, ...drawn });
    },
    content: createContentLookup({ client, index, fingerprint }),
    writer: createBulkWriter({ send, concreteIndices: [index] }),
    guardWrites: (check) => {
      mayWrite = check;
    },
    refresh,
    read: (id) => readWhole(client, index, id),
    stored: async function* (source, selection = {}) {
      await refresh();
      yield* walkStored({ client, index, source, selection });
    },
  };
}
