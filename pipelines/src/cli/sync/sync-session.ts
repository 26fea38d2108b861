// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { readAlias } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { clusterCapabilities } from '../../adapters/cluster-capabilities.ts';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import { createElasticsearchStrikes } from '../../adapters/elasticsearch-strikes.ts';
import { openSyncIndex } from '../../adapters/elasticsearch-sync-index.ts';
import { createFileSpool } from '../../adapters/file-spool.ts';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { createObjectStore } from '../../adapters/object-store.ts';
import { withSidecarTags } from '../../adapters/read-sidecar.ts';
import { createRecordingBudgets, createRecordingReader } from '../../adapters/recording-reader.ts';
import { withSidecars } from '../../adapters/sidecar-object-store.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { embedsAtOnce, limitEmbedder } from '../../core/sync/limit-embedder.ts';
import { makeFilter } from '../../core/sync/make-filter.ts';
import { createPathLabels } from '../../core/sync/path-labels.ts';
import type { SyncRun, SyncSettings, SyncTarget } from '../../core/sync/sync-run.ts';
import { Tally } from '../../core/sync/tally.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Strikes } from '../../ports/strikes.ts';
import type { SyncIndex } from '../../ports/sync-index.ts';
import type { CommandContext } from '../command-context.ts';
import type { SyncFlags } from './sync-options.ts';

/** What every sync command works with. */
export interface SyncSession {
  readonly source: SourceSettings;
  readonly client: Client;
  readonly store: ObjectStore;
  readonly embedder: Embedder;
  readonly info: ServiceInfo;
  readonly spaces: readonly { readonly index: SyncIndex; readonly letters: DeadLetters; readonly strikes: Strikes }[];
}

/** The service must serve the space with the very fingerprint that the index was made for. */
function checkFingerprint(info: ServiceInfo, index: SyncIndex): void {
  const served = info.spaces.find(({ id }) => id === index.space);
  if (!served)
    throw new EarshotError('SPACE_UNKNOWN', `The inference service does not serve ${index.space}`, {
      remedy: `It serves ${info.spaces.map(({ id }) => id).join(', ') || 'nothing'}; earshot models add imports more.`,
    });
  if (served.fingerprint !== index.fingerprint)
    throw new EarshotError(
      'FINGERPRINT_MISMATCH',
      `The inference service serves ${index.space} with fingerprint ${served.fingerprint}, the index was made for ${index.fingerprint}`,
    );
}

/** Soft deletes need a read alias that hides them. */
function checkVisibility({ deletes }: SourceSettings, { hidesDeleted, space }: SyncIndex, library: string): void {
  if (deletes.mode === 'hard' || hidesDeleted) return;
  throw new EarshotError(
    'SOFT_DELETES_VISIBLE',
    `The alias ${readAlias({ library, space })} would go on showing what is soft-deleted`,
  );
}

/** Connects to one source, the cluster and the service, and checks that they fit, before anything is written. */
export async function openSyncSession(context: CommandContext, source: SourceSettings): Promise<SyncSession> {
  const { config } = context;
  const { library } = source;
  const bare = await createObjectStore(source);
  const store = source.filter.sidecars ? withSidecars(bare) : bare;
  const client = await context.elasticsearch();
  const { acceptsBase64Documents: acceptsBase64 } = await clusterCapabilities(client);
  const embedder = createHttpEmbedder({
    url: config.inferenceUrl,
    apiKey: config.inferenceApiKey,
    timeoutMs: config.inferenceTimeout * 1000,
    retryForMs: config.inferenceTimeout * 2000,
  });
  const info = await embedder.info();
  const spaces = await Promise.all(
    source.spaces.map(async (space) => {
      const index = await openSyncIndex({
        client,
        library,
        space,
        acceptsBase64,
        bulkTimeoutMs: config.elasticsearchTimeout * 2000,
      });
      checkFingerprint(info, index);
      checkVisibility(source, index, library);
      const { fingerprint } = index;
      const letters = createElasticsearchDeadLetters({ client, library, space, source: store.id, fingerprint });
      const strikes = createElasticsearchStrikes({ client, library, space, source: store.id });
      return { index, letters, strikes };
    }),
  );
  return { source, client, store, embedder, info, spaces };
}

/** Whatever may make a recording succeed that failed before. */
function pipelineFingerprint(fingerprint: string, labels: string | undefined, { limits }: ServiceInfo): string {
  const text = JSON.stringify([fingerprint, labels ?? '', limits.max_audio_seconds, limits.max_upload_bytes]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

interface Opened {
  readonly context: CommandContext;
  readonly session: SyncSession;
  readonly flags: SyncFlags;
  readonly runId: string;
  /** By space; 0 for a plan. */
  readonly runSeqs?: ReadonlyMap<string, number>;
  readonly lost?: AbortSignal;
}

async function makeTargets({ session, runSeqs }: Opened): Promise<SyncTarget[]> {
  return Promise.all(
    session.spaces.map(async ({ index, letters, strikes }) => ({
      index,
      letters,
      strikes,
      runSeq: runSeqs?.get(index.space) ?? 0,
      known: await letters.load(),
      tally: new Tally(),
      pipelineFingerprint: pipelineFingerprint(index.fingerprint, session.source.labels, session.info),
    })),
  );
}

function makeSettings({ context, session, flags }: Opened): SyncSettings {
  const { source } = session;
  const { limits } = session.info;
  return {
    filter: makeFilter(session.store, source.filter, { maxBytes: limits.max_upload_bytes, now: Date.now() }),
    deletes: {
      ...source.deletes,
      pruneFiltered: flags.pruneFiltered === true,
      force: flags.forceDelete === true,
    },
    labels: createPathLabels(source.labels),
    force: flags.force === true,
    retryKnown: false,
    isPartial: flags.limit !== undefined || flags.prefix !== undefined,
    concurrency: embedsAtOnce(session.info) + context.config.syncFetchAhead,
  };
}

/** A run, ready to start. */
export async function makeSyncRun(opened: Opened): Promise<SyncRun> {
  const { context, session, runId } = opened;
  const { store, info } = session;
  const { syncMemoryMb, syncSpoolMb } = context.config;
  const budgets = createRecordingBudgets({ memory: syncMemoryMb * 2 ** 20, spool: syncSpoolMb * 2 ** 20 });
  return {
    id: runId,
    library: session.source.library,
    store,
    listing: (signal) => store.list({ signal }),
    readRecording: withSidecarTags(createRecordingReader(store, { budgets }), {
      store,
      onUnusable: (key, reason) => {
        context.reporter.warn(`The sidecar ${key} ${reason}; the recording is indexed without it`);
        context.reporter.event({ event: 'sidecar_unusable', key, reason });
      },
    }),
    embedder: limitEmbedder(session.embedder, embedsAtOnce(info)),
    targets: await makeTargets(opened),
    settings: makeSettings(opened),
    reporter: context.reporter,
    makeSpool: createFileSpool,
    signal: context.signal,
    lost: opened.lost ?? new AbortController().signal,
  };
}
