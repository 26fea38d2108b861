// SPDX-License-Identifier: Apache-2.0
import { failureId, type LibrarySpace, STATE_ALIASES } from '@earshot/mappings';
import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { DeadLetter, DeadLetters, SyncStage } from '../ports/dead-letters.ts';
import { toEarshotError } from './elasticsearch-client.ts';

interface Options extends LibrarySpace {
  readonly client: Client;
  readonly source: string;
  readonly fingerprint: string;
}

/** A dead letter as it lies in `earshot-failures`. */
interface StoredLetter {
  readonly library: string;
  readonly sync: { readonly source: string; readonly run: string; readonly stage: SyncStage };
  readonly audio: {
    readonly id: string;
    readonly key: string;
    readonly uri?: string;
    readonly etag?: string;
    readonly size: number;
  };
  readonly error: { readonly code: string; readonly message: string };
  readonly attempts?: number;
  readonly first_seen?: string;
  readonly last_seen: string;
  readonly retryable?: boolean;
  readonly stale?: boolean;
  readonly pipeline_fingerprint?: string;
}

const PAGE = 1000;
/** Stage of verdicts that are remembered though nobody has to look at them. */
const REMEMBERED: SyncStage = 'probe';

function toLetter(stored: StoredLetter): DeadLetter {
  const { audio, error, sync } = stored;
  return {
    id: audio.id,
    key: audio.key,
    uri: audio.uri ?? '',
    ...(audio.etag ? { etag: audio.etag } : {}),
    size: audio.size,
    stage: sync.stage,
    code: error.code,
    message: error.message,
    retryable: stored.retryable ?? false,
    stale: stored.stale ?? false,
    attempts: stored.attempts ?? 1,
    firstSeen: stored.first_seen ?? stored.last_seen,
    lastSeen: stored.last_seen,
    pipelineFingerprint: stored.pipeline_fingerprint ?? '',
  };
}

function toStored(letter: DeadLetter, { library, source }: Options, runId: string): Omit<StoredLetter, 'space'> {
  return {
    library,
    sync: { source, run: runId, stage: letter.stage },
    audio: {
      id: letter.id,
      key: letter.key,
      uri: letter.uri,
      ...(letter.etag ? { etag: letter.etag } : {}),
      size: letter.size,
    },
    error: { code: letter.code, message: letter.message },
    attempts: letter.attempts,
    first_seen: letter.firstSeen,
    last_seen: letter.lastSeen,
    retryable: letter.retryable,
    stale: letter.stale,
    pipeline_fingerprint: letter.pipelineFingerprint,
  };
}

function queryOf({ library, source, space }: Options) {
  return {
    bool: {
      filter: [
        { term: { library } },
        { term: { 'sync.source': source } },
        { term: { 'space.id': space } },
        {
          bool: {
            should: [
              { bool: { must_not: { exists: { field: 'resolved_at' } } } },
              { term: { 'sync.stage': REMEMBERED } },
            ],
          },
        },
      ],
    },
  };
}

async function loadLetters(options: Options): Promise<Map<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  const index = STATE_ALIASES.failures;
  await options.client.indices.refresh({ index });
  for (let after: estypes.SortResults | undefined; ; ) {
    const { hits } = await options.client.search<StoredLetter>({
      index,
      size: PAGE,
      query: queryOf(options),
      sort: [{ 'audio.key': 'asc' }, { 'audio.id': 'asc' }],
      ...(after ? { search_after: after } : {}),
    });
    for (const { _source } of hits.hits) if (_source) letters.set(_source.audio.key, toLetter(_source));
    after = hits.hits.at(-1)?.sort;
    if (hits.hits.length < PAGE || !after) return letters;
  }
}

/** Dead letters of one library, source and space in `earshot-failures`. */
export function createElasticsearchDeadLetters(options: Options): DeadLetters {
  const { client, space, fingerprint } = options;
  const index = STATE_ALIASES.failures;
  const failing = (error: unknown): never => {
    throw toEarshotError(error, `writing to ${index}`);
  };

  /** What an ingest pipeline wrote about a document it redirected here. */
  async function pipelineReason(letter: DeadLetter): Promise<string> {
    const id = failureId(space, letter.id);
    const found = await client.get<StoredLetter>({ index, id }).catch(() => undefined);
    return found?._source?.error.message ?? letter.message;
  }

  async function put(letter: DeadLetter, runId: string, given = { isResolved: false }): Promise<void> {
    const message = letter.code === 'pipeline_redirected' ? await pipelineReason(letter) : letter.message;
    const document = {
      '@timestamp': letter.lastSeen,
      ...toStored({ ...letter, message }, options, runId),
      space: { id: space, fingerprint },
      ...(given.isResolved ? { resolved_at: letter.lastSeen } : {}),
    };
    await client.index({ index, id: failureId(space, letter.id), document }).catch(failing);
  }

  async function resolve(id: string): Promise<void> {
    const doc = { resolved_at: new Date().toISOString() };
    await client.update({ index, id: failureId(space, id), doc }).catch((error: unknown) => {
      if (!(error instanceof errors.ResponseError) || error.statusCode !== 404) failing(error);
    });
  }

  return {
    load: () =>
      loadLetters(options).catch((error: unknown) => {
        throw toEarshotError(error, `reading ${index}`);
      }),
    put,
    resolve,
  };
}
