// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { loadSpaces, type Space } from '@earshot/models/registry';
import type { Logger } from 'pino';
import type { ServiceConfig } from './config.ts';
import { createActiveRequests } from './core/active-requests.ts';
import type { AddressSource } from './core/address-source.ts';
import { createCachingEmbedder } from './core/caching-embedder.ts';
import type { Decoder } from './core/decoder-port.ts';
import { type Embedder, RecordingEmbedder } from './core/embedder.ts';
import { createKeyLimiter } from './core/key-limiter.ts';
import { observeDecoder } from './core/observe-decoder.ts';
import type { Observer } from './core/observer-port.ts';
import { createTextEmbedder } from './core/text-embedder.ts';
import { ChildLauncher, createSpoolDirectory, findDecoder } from './decode/index.ts';
import { createDirectorySpool } from './directory-spool.ts';
import { createAddressSource } from './fetch/create-address-source.ts';
import { createVettedLookup } from './fetch/vetted-lookup.ts';
import { EngineGroup } from './host/engine-group.ts';
import { countGpus, planDevices } from './host/plan-devices.ts';
import type { AppDeps } from './http/app-deps.ts';
import { createApp, createMetricsApp } from './http/create-app.ts';
import { createLiveRepository } from './live-repository.ts';
import { openListener } from './open-listener.ts';
import { createPooledDecoder } from './pooled-decoder.ts';
import { type KeyFile, readKeys } from './read-keys.ts';
import { createTelemetry, type Telemetry } from './telemetry/create-telemetry.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Largest batch per device: batching gains nothing on a CPU, a GPU is full at 64. */
const MAX_BATCH_WINDOWS: Readonly<Record<string, number>> = { cpu: 2, webgpu: 16, cuda: 64 };
/** Recordings under way for each that is being decoded: the others wait for the engine, or fill its batches. */
const RECORDINGS_PER_DECODE = 8;
const LOAD_TIMEOUT_MS = 180_000;

/** What is served now, by id: the one map that all parts look into. */
type Spaces = Map<string, Space>;

export interface RunningService {
  readonly url: string;
  /**
   * Reads the keys file again.
   * @throws ConfigError when it cannot be used; then the keys stay as they were
   */
  reloadKeys(): void;
  /** Not ready → no new connections → running requests end → host and spool gone. */
  stop(): Promise<void>;
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
  readonly keys: KeyFile | undefined;
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

function createEmbedder(config: ServiceConfig, parts: Parts, observer: Observer): Embedder {
  const { spaces, engine, decoder } = parts;
  const recordings = new RecordingEmbedder({
    spaces,
    engine,
    decoder: observeDecoder(decoder, observer),
    maxAudioSeconds: config.maxAudioSeconds,
    maxQueueWindows: config.maxQueueWindows,
    maxRecordings: config.maxConcurrentDecodes * RECORDINGS_PER_DECODE,
    holdMs: config.holdMs,
    maxBatchWindows: () => engine.status().maxBatchWindows,
    observer,
  });
  if (config.cacheBytes === 0) return recordings;
  return createCachingEmbedder(recordings, { maxBytes: config.cacheBytes, onHit: observer.onCacheHit });
}

/** The parts that serve requests, put together. */
async function createDeps(config: ServiceConfig, log: Logger, parts: Parts): Promise<AppDeps> {
  const { spaces, engine, decoder, spoolDir, keys, isDraining } = parts;
  const keyLimiter = createKeyLimiter(
    {
      maxConcurrentRequests: config.keyMaxConcurrentRequests,
      requestsPerMinute: config.keyRequestsPerMinute,
      audioSecondsPerMinute: config.keyAudioSecondsPerMinute,
    },
    () => performance.now(),
  );
  const telemetry = await createTelemetry({
    spaces,
    engineStatus: () => engine.status(),
    queuedWindows: (priority) => embedder.queuedWindows(priority),
    onKeyAudio: keyLimiter.charge,
    env: process.env,
    version,
    warn: (message) => log.warn({ detail: message }, 'tracing'),
  });
  const { observer } = telemetry;
  const embedder = createEmbedder(config, parts, observer);
  const activeRequests = createActiveRequests();
  return {
    ...telemetry,
    version,
    spaces,
    repository: createLiveRepository({ modelsDir: config.modelsDir, spaces, engine, activeRequests, log }),
    activeRequests,
    engine,
    decoder,
    embedder,
    texts: createTextEmbedder({ spaces, engine, holdMs: config.holdMs, observer }),
    spool: createDirectorySpool({ dir: spoolDir, maxTotalBytes: config.maxSpoolBytes, observer }),
    addresses: createAddresses(config, log, telemetry),
    limits: {
      max_audio_seconds: config.maxAudioSeconds,
      max_upload_bytes: config.maxUploadBytes,
      max_concurrent_decodes: config.maxConcurrentDecodes,
      max_queue_windows: config.maxQueueWindows,
    },
    requestTimeoutMs: config.requestTimeoutMs,
    keys,
    keyLimiter,
    log,
    isDraining,
  };
}

/** Builds every part from the settings, starts the host and listens. Ready follows later: see `/health/ready`. */
export async function startService(config: ServiceConfig, log: Logger): Promise<RunningService> {
  const keys = config.keysFile === undefined ? undefined : readKeys(config.keysFile);
  const spaces: Spaces = new Map(loadSpaces(config.modelsDir));
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
    const spool = await createSpoolDirectory();
    cleanUps.unshift(() => spool.remove());
    const launcher = await ChildLauncher.start();
    cleanUps.push(() => launcher.stop());
    const { maxConcurrentDecodes: maxConcurrent } = config;
    const { launch } = launcher;
    const decoder = createPooledDecoder({ ...ffmpeg, launch }, { maxConcurrent, outputDir: spool.path });
    const parts = { spaces, engine, decoder, spoolDir: spool.path, keys, isDraining: () => isDraining };
    const deps = await createDeps(config, log, parts);
    cleanUps.unshift(() => deps.tracing.stop());
    if (config.metricsPort !== undefined) {
      const metrics = await openListener({ ...config, port: config.metricsPort, handle: createMetricsApp(deps) });
      log.info({ address: metrics.url }, 'metrics listening');
      cleanUps.push(() => metrics.close());
    }
    const service = await openListener({ ...config, handle: createApp(deps) });
    cleanUps.push(() => service.close());
    return { url: service.url, reloadKeys: () => keys?.reload(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
