// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { loadSpaces } from '@earshot/models/registry';
import {
  clusterCapabilities,
  createElasticsearchClient,
  createHttpEmbedder,
  createObjectStore,
  createSearch,
  EarshotError,
} from '@earshot/pipelines/adapters';
import type { Config } from '@earshot/pipelines/config';
import type { ObjectStore } from '@earshot/pipelines/ports';
import type { Logger } from 'pino';
import { createElasticsearchQueryStore } from './adapters/elasticsearch-query-store.ts';
import { createElasticsearchTrackStore } from './adapters/elasticsearch-track-store.ts';
import { createLibrarySearch } from './adapters/library-search.ts';
import { createObjectStoreAudio } from './adapters/object-store-audio.ts';
import { createReadStatus } from './adapters/read-status.ts';
import { rememberSuccess } from './core/remember-success.ts';
import { type AppDeps, createApp } from './create-app.ts';

export interface RunningPanel {
  readonly url: string;
  stop(): Promise<void>;
}

const PAGE_DIR = fileURLToPath(new URL('../web/dist', import.meta.url));
const MAX_UPLOAD_BYTES = 100_000_000;
const KEEP_QUERIES_MS = 7 * 24 * 3_600_000;
const CLEAN_EVERY_MS = 3_600_000;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

function refuseOpenDoor({ panelHost, panelAuth }: Config): void {
  if (LOOPBACK.test(panelHost) || panelAuth !== undefined) return;
  throw new EarshotError(
    'CONFIG_INVALID',
    `EARSHOT_PANEL_HOST is ${panelHost}, which others can reach, and no password is set`,
    { remedy: 'Set EARSHOT_PANEL_AUTH to user:password, or keep the panel on 127.0.0.1 behind a proxy.' },
  );
}

/** The sources of the library. A panel without one searches all the same; it says why it cannot play. */
async function openSources(config: Config, log: Logger): Promise<{ stores: ObjectStore[]; whyNoAudio?: string }> {
  const sources = config.sources.filter(({ library }) => library === config.library);
  if (sources.length === 0) return { stores: [], whyNoAudio: 'EARSHOT_SOURCE is not set' };
  const stores: ObjectStore[] = [];
  const reasons: string[] = [];
  for (const source of sources)
    try {
      stores.push(await createObjectStore(source));
    } catch (error) {
      if (!(error instanceof EarshotError)) throw error;
      log.warn({ code: error.code, source: source.id }, error.message);
      reasons.push(error.message);
    }
  return stores.length > 0 ? { stores } : { stores, whyNoAudio: reasons.join('; ') };
}

/** Kibana's base address, with the space that the links open. */
function kibanaBase({ kibanaUrl, kibanaSpace }: Config): string | undefined {
  if (kibanaUrl === undefined) return undefined;
  const base = kibanaUrl.replace(/\/$/, '');
  return kibanaSpace && kibanaSpace !== 'default' ? `${base}/s/${kibanaSpace}` : base;
}

async function buildDeps(config: Config, log: Logger): Promise<AppDeps> {
  const client = createElasticsearchClient(config);
  const embedder = createHttpEmbedder({ url: config.inferenceUrl, apiKey: config.inferenceApiKey });
  const { library, space: spaces } = config;
  const { stores, whyNoAudio } = await openSources(config, log);
  const connect = rememberSuccess(async () => {
    const capabilities = await clusterCapabilities(client);
    const search = createSearch({ client, capabilities, spaces: loadSpaces(config.modelsDir), embedder });
    return { search, hasLookupBuilder: capabilities.hasLookupBuilder };
  });
  const status = { client, embedder, library, spaces, kibanaUrl: kibanaBase(config), maxUploadBytes: MAX_UPLOAD_BYTES };
  return {
    ...createLibrarySearch({ library, connect }),
    queries: createElasticsearchQueryStore({ client, library, keepForMs: KEEP_QUERIES_MS }),
    tracks: createElasticsearchTrackStore({ client, library, spaces }),
    audio: createObjectStoreAudio(stores),
    readStatus: createReadStatus({ ...status, whyNoAudio }),
    log,
    defaultSpace: spaces[0] ?? '',
    maxUploadBytes: MAX_UPLOAD_BYTES,
    elasticsearchUrl: config.elasticsearchUrl,
    credentials: config.panelAuth,
    pageDir: PAGE_DIR,
  };
}

async function listen(server: Server, { panelHost, panelPort }: Config): Promise<string> {
  server.listen(panelPort, panelHost);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'the port is in use' : String(code);
    throw new EarshotError('CONFIG_INVALID', `The panel cannot listen on ${panelHost}:${panelPort}: ${why}`, {
      cause,
      remedy: 'Set EARSHOT_PANEL_PORT to a free port; 0 picks one.',
    });
  }
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function cleanRegularly({ queries, log }: AppDeps): NodeJS.Timeout {
  const clean = (): void => {
    queries.removeExpired().then(
      (count) => count > 0 && log.info({ count }, 'removed expired queries'),
      (error: unknown) => log.warn({ err: error }, 'expired queries were not removed'),
    );
  };
  return setInterval(clean, CLEAN_EVERY_MS).unref();
}

/** Builds the parts from the settings and listens. @throws EarshotError when a setting or the port is unusable */
export async function startPanel(config: Config, log: Logger): Promise<RunningPanel> {
  refuseOpenDoor(config);
  const deps = await buildDeps(config, log);
  if (!existsSync(`${PAGE_DIR}/index.html`)) log.warn('the page is not built: run npm run build:panel');
  const server = createServer(createApp(deps));
  const url = await listen(server, config);
  const cleaning = cleanRegularly(deps);
  return {
    url,
    stop: async () => {
      clearInterval(cleaning);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
