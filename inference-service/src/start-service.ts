// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSpaces } from '@earshot/models/registry';
import type { Logger } from 'pino';
import { ConfigError, type ServiceConfig } from './config.ts';
import type { AddressSource } from './core/address-source.ts';
import { createCachingEmbedder } from './core/caching-embedder.ts';
import type { Decoder } from './core/decoder-port.ts';
import { RecordingEmbedder } from './core/embedder.ts';
import { type KeyRing, parseKeyRing } from './core/key-ring.ts';
import { createSpoolDirectory, findDecoder } from './decode/index.ts';
import { createDirectorySpool } from './directory-spool.ts';
import { createAddressSource } from './fetch/create-address-source.ts';
import { createVettedLookup } from './fetch/vetted-lookup.ts';
import { EngineGroup } from './host/engine-group.ts';
import { countGpus, planDevices } from './host/plan-devices.ts';
import { createApp } from './http/create-app.ts';
import { createPooledDecoder } from './pooled-decoder.ts';
import { createTelemetry, type Telemetry } from './telemetry/create-telemetry.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Largest batch per device: batching gains nothing on a CPU, a GPU is full at 64. */
const MAX_BATCH_WINDOWS: Readonly<Record<string, number>> = { cpu: 2, webgpu: 16, cuda: 64 };
/** Recordings under way for each that is being decoded: the others wait for the engine, or fill its batches. */
const RECORDINGS_PER_DECODE = 8;
const LOAD_TIMEOUT_MS = 180_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than clients keep idle connections, else they race with our closing. */
const KEEP_ALIVE_MS = 75_000;
const DRAIN_SWEEP_MS = 50;

type Spaces = ReturnType<typeof loadSpaces>;

export interface RunningService {
  readonly url: string;
  /** Not ready → no new connections → running requests end → host and spool gone. */
  stop(): Promise<void>;
}

function readKeys(path: string | undefined): KeyRing | undefined {
  if (path === undefined) return undefined;
  try {
    return parseKeyRing(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`EARSHOT_INFERENCE_KEYS_FILE: ${path} cannot be used: ${String(error)}`);
  }
}

async function listen(server: Server, { host, port }: ServiceConfig): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const { address, port: chosen, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`;
}

async function closeServer(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Connections kept alive by their clients become idle one by one, as their requests end.
  const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
  server.closeIdleConnections();
  const isClosed = await Promise.race([closed.then(() => true), sleep(timeoutMs, false)]);
  clearInterval(sweep);
  if (!isClosed) server.closeAllConnections();
}

async function createEngine(config: ServiceConfig, spaces: Spaces, log: Logger): Promise<EngineGroup> {
  const plan = await planDevices(config.devices, config.eps, () => countGpus(process.env));
  const cpuHosts = plan.devices.filter((device) => device.eps.includes('cpu')).length;
  return new EngineGroup({
    spaces,
    plan,
    threads: Math.max(1, Math.floor(config.threads / Math.max(1, cpuHosts))),
    maxBatchWindows: MAX_BATCH_WINDOWS,
    batchTimeoutMs: config.batchTimeoutMs,
    loadTimeoutMs: LOAD_TIMEOUT_MS,
    canaryMs: config.canarySeconds * 1000,
    maxRssBytes: config.maxHostRssBytes,
    log: (event, details, level = 'info') => log[level](details, event),
  });
}

interface Parts {
  readonly spaces: Spaces;
  readonly engine: EngineGroup;
  readonly decoder: Decoder;
  readonly spoolDir: string;
  readonly keys: KeyRing | undefined;
  readonly telemetry: Telemetry;
  isDraining(): boolean;
}

function createAddresses(config: ServiceConfig, log: Logger, { scope }: Telemetry): AddressSource {
  const { fetchAllow: allowList } = config;
  for (const { protocol, host, port } of allowList.web.filter(({ isPrivate }) => isPrivate))
    log.warn({ place: `${protocol}//${host}:${port}` }, 'clients may make this service fetch from a private address');
  return createAddressSource({
    allowList,
    timeoutMs: config.fetchTimeoutMs,
    maxConcurrent: config.maxConcurrentFetches,
    lookup: createVettedLookup(),
    log,
    traceHeaders: () => scope.getStore()?.trace.headers ?? {},
    s3: {
      endpoint: config.s3Endpoint,
      region: config.s3Region,
      forcePathStyle: config.s3ForcePathStyle,
      accessKeyId: config.s3AccessKeyId,
      secretAccessKey: config.s3SecretAccessKey,
      sessionToken: config.s3SessionToken,
    },
  });
}

function createHandler(config: ServiceConfig, log: Logger, parts: Parts): RequestListener {
  const { spaces, engine, decoder, keys, telemetry, isDraining } = parts;
  const { metrics, observer, tracing, scope } = telemetry;
  const recordings = new RecordingEmbedder({
    spaces,
    engine,
    decoder,
    maxAudioSeconds: config.maxAudioSeconds,
    maxQueueWindows: config.maxQueueWindows,
    maxRecordings: config.maxConcurrentDecodes * RECORDINGS_PER_DECODE,
    holdMs: config.holdMs,
    maxBatchWindows: () => engine.status().maxBatchWindows,
  });
  const cache = { maxBytes: config.cacheBytes, onHit: observer.onCacheHit };
  const embedder = config.cacheBytes > 0 ? createCachingEmbedder(recordings, cache) : recordings;
  return createApp({
    version,
    spaces,
    engine,
    decoder,
    embedder,
    spool: createDirectorySpool({
      dir: parts.spoolDir,
      maxTotalBytes: config.maxSpoolBytes,
      observer,
    }),
    addresses: createAddresses(config, log, telemetry),
    limits: {
      max_audio_seconds: config.maxAudioSeconds,
      max_upload_bytes: config.maxUploadBytes,
      max_concurrent_decodes: config.maxConcurrentDecodes,
      max_queue_windows: config.maxQueueWindows,
    },
    requestTimeoutMs: config.requestTimeoutMs,
    keys,
    log,
    observer,
    metrics,
    tracing,
    scope,
    isDraining,
  });
}

/** Builds every part from the settings, starts the host and listens. Ready follows later: see `/health/ready`. */
export async function startService(config: ServiceConfig, log: Logger): Promise<RunningService> {
  const keys = readKeys(config.keysFile);
  const spaces = loadSpaces(config.modelsDir);
  const engine = await createEngine(config, spaces, log);
  const cleanUps: (() => Promise<void>)[] = [() => engine.stop()];
  let isDraining = false;
  const stop = async (): Promise<void> => {
    isDraining = true;
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  };
  try {
    // Graphs load while the decoder is being examined.
    engine.start();
    const ffmpeg = await findDecoder({ ...process.env, FFMPEG_PATH: config.ffmpegPath });
    log.info({ version: ffmpeg.version, source: ffmpeg.source, refuses: ffmpeg.refuses }, 'decoder found');
    const decoder = createPooledDecoder(ffmpeg, config.maxConcurrentDecodes);
    const spool = await createSpoolDirectory();
    cleanUps.unshift(() => spool.remove());
    const telemetry = await createTelemetry({
      spaces,
      engineStatus: () => engine.status(),
      env: process.env,
      version,
      warn: (message) => log.warn({ detail: message }, 'tracing'),
    });
    cleanUps.unshift(() => telemetry.tracing.stop());
    const parts = { spaces, engine, decoder, spoolDir: spool.path, keys, telemetry, isDraining: () => isDraining };
    const server = createServer(
      { requestTimeout: config.requestTimeoutMs, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
      createHandler(config, log, parts),
    );
    const url = await listen(server, config);
    cleanUps.push(() => closeServer(server, config.drainTimeoutMs));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
