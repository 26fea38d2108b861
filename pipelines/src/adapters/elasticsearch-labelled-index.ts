// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, readAlias } from '@earshot/mappings';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import type { IndexedLabels, LabelledIndex } from '../ports/labelled-index.ts';
import { toEarshotError } from './elasticsearch-client.ts';
import { createElasticsearchSearchCluster } from './elasticsearch-search-cluster.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly labelField: string;
  readonly groupField: string | undefined;
}

const PAGE = 2000;
const KEEP_ALIVE = '5m';
/** About 12 bytes each in an answer. */
const NUMBERS_A_PAGE = 1 << 20;
const TITLE = 'title.keyword';

interface Reading extends Options {
  readonly pit: string;
}

type Search = Omit<estypes.SearchRequest, 'pit' | '_source' | 'track_total_hits'>;

async function search({ client, pit, library, space }: Reading, request: Search, signal?: AbortSignal) {
  const answer = await client
    .search(
      { pit: { id: pit, keep_alive: KEEP_ALIVE }, _source: false, track_total_hits: false, ...request },
      signal ? { signal } : {},
    )
    .catch((error: unknown) => {
      signal?.throwIfAborted();
      throw toEarshotError(error, `reading ${readAlias({ library, space })}`);
    });
  return answer.hits.hits;
}

const valuesOf = ({ fields }: estypes.SearchHit, field: string): string[] =>
  [(fields?.[field] as unknown[] | undefined) ?? []]
    .flat()
    .map(String)
    .filter((value) => value !== '');

async function* labelled(reading: Reading, signal: AbortSignal): AsyncGenerator<IndexedLabels> {
  const { labelField, groupField } = reading;
  const wanted = [labelField, ...(groupField ? [groupField] : [])];
  let after: estypes.SortResults | undefined;
  for (;;) {
    const request = {
      size: PAGE,
      query: { exists: { field: 'embedding' } },
      docvalue_fields: [TITLE, 'audio.key'],
      fields: wanted,
      sort: [{ 'audio.id': 'asc' as const }],
      ...(after ? { search_after: after } : {}),
    };
    const page = await search(reading, request, signal);
    for (const hit of page) {
      const group = groupField && valuesOf(hit, groupField).join('\n');
      const title = valuesOf(hit, TITLE)[0] ?? valuesOf(hit, 'audio.key')[0] ?? hit._id ?? '';
      yield { id: hit._id ?? '', title, labels: valuesOf(hit, labelField), group: group || undefined };
    }
    after = page.at(-1)?.sort;
    if (page.length < PAGE) return;
  }
}

type VectorField = 'docvalue_fields' | 'fields';

/** From doc values: five times as fast as from `_source`, where the cluster gives vectors so. */
async function vectorField(reading: Reading): Promise<VectorField> {
  const { client, pit } = reading;
  try {
    await client.search({ pit: { id: pit }, size: 1, _source: false, docvalue_fields: ['embedding'] });
    return 'docvalue_fields';
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 400) return 'fields';
    throw toEarshotError(error, `reading ${readAlias(reading)}`);
  }
}

async function* vectors(
  reading: Reading,
  ids: readonly string[],
  { dims, signal }: { readonly dims: number; readonly signal: AbortSignal },
) {
  const field = await vectorField(reading);
  const size = Math.min(PAGE, Math.max(10, Math.floor(NUMBERS_A_PAGE / dims)));
  for (let start = 0; start < ids.length; start += size) {
    const values = ids.slice(start, start + size);
    const hits = await search(reading, { size, query: { ids: { values } }, [field]: ['embedding'] }, signal);
    for (const hit of hits) yield [hit._id ?? '', [hit.fields?.embedding].flat(2) as number[]] as const;
  }
}

async function countDocuments({ client, pit }: Reading): Promise<number> {
  const answer = await client.search({ pit: { id: pit }, size: 0, track_total_hits: true });
  const { total } = answer.hits;
  return typeof total === 'number' ? total : (total?.value ?? 0);
}

/** @throws EarshotError USAGE when the index has vectors of segments only */
async function assertTrackVectors(client: Client, alias: string, space: string): Promise<void> {
  const { fields } = await client.fieldCaps({ index: alias, fields: 'embedding' });
  if (fields.embedding) return;
  throw new EarshotError('USAGE', `${space} has vectors of segments only, none of whole recordings`, {
    remedy: 'Name a space that has them; earshot models show tells.',
  });
}

/**
 * Opens a point in time on the index of one space.
 * @throws EarshotError INDEX_MISSING, FINGERPRINT_MISMATCH, USAGE
 */
export async function openLabelledIndex(options: Options): Promise<LabelledIndex> {
  const { client, space } = options;
  const alias = readAlias(options);
  const { fingerprint, dims } = await createElasticsearchSearchCluster(client).spaceMeta(alias);
  try {
    await assertTrackVectors(client, alias, space);
    const pit = (await client.openPointInTime({ index: alias, keep_alive: KEEP_ALIVE })).id;
    const reading: Reading = { ...options, pit };
    return {
      space,
      fingerprint,
      dims,
      documents: await countDocuments(reading),
      labelled: (signal) => labelled(reading, signal),
      vectors: (ids, signal) => vectors(reading, ids, { dims, signal }),
      close: async () => void (await client.closePointInTime({ id: pit }).catch(() => undefined)),
    };
  } catch (error) {
    throw toEarshotError(error, `opening ${alias}`);
  }
}
