// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { Counter, collectDefaultMetrics, exponentialBuckets, Gauge, Histogram, Registry } from 'prom-client';
import { ERROR_KINDS, type ErrorCode } from '../contract/errors.ts';
import type { DeviceStatus, EngineStatus } from '../core/engine-port.ts';
import type { Observer } from '../core/observer-port.ts';
import type { Priority } from '../core/priority-lane.ts';

const PREFIX = 'earshot_inference_';
/** As in text-embeddings-inference: 35 buckets from 10 µs, each 1.5 times the one before. */
const SECONDS_BUCKETS = exponentialBuckets(1e-5, 1.5, 35);
const WINDOWS_BUCKETS = exponentialBuckets(1, 2, 8);
/** Statuses of requests that were turned away for load or limits and not for what they hold. */
const REJECTIONS = new Set([408, 413, 429, 503]);
const MOST_REASON_CHARACTERS = 200;

export interface MetricsSources {
  readonly spaces: ReadonlyMap<string, Space>;
  /** Waiting or running. */
  queuedWindows(priority: Priority): number;
  engineStatus(): Pick<EngineStatus, 'restarts'> & { readonly devices: readonly Pick<DeviceStatus, 'ep' | 'tried'>[] };
}

export interface Metrics extends Observer {
  readonly contentType: string;
  /** Prometheus' text format. */
  render(): Promise<string>;
}

/** Values that others know are asked for when the metrics are read. */
function registerStatus(registry: Registry, { spaces, engineStatus, queuedWindows }: MetricsSources): void {
  new Gauge({
    name: `${PREFIX}queue_windows`,
    help: 'Windows waiting for a device or running on one',
    labelNames: ['priority'],
    registers: [registry],
    collect() {
      for (const priority of ['interactive', 'bulk'] as const) this.set({ priority }, queuedWindows(priority));
    },
  });
  new Gauge({
    name: `${PREFIX}model_info`,
    help: 'Spaces served; always 1',
    labelNames: ['model', 'version', 'fingerprint', 'precision', 'dims'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { card, fingerprint } of spaces.values()) {
        const { id: model, version, dims } = card;
        this.set({ model, version, fingerprint, precision: card.graph.precision, dims }, 1);
      }
    },
  });
  new Gauge({
    name: `${PREFIX}ep_info`,
    help: 'Execution providers: the live one, and those passed over with the reason; always 1',
    labelNames: ['ep', 'live', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { ep, tried } of engineStatus().devices) {
        if (ep !== null) this.set({ ep, live: 'true', reason: '' }, 1);
        for (const miss of tried)
          this.set({ ep: miss.ep, live: 'false', reason: miss.reason.slice(0, MOST_REASON_CHARACTERS) }, 1);
      }
    },
  });
  new Counter({
    name: `${PREFIX}host_restarts_total`,
    help: 'Times an inference host had to be restarted',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(engineStatus().restarts);
    },
  });
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: `${PREFIX}requests_total`,
      help: 'Requests answered, by route pattern and status; 499: the client left',
      labelNames: ['route', 'code'],
      registers,
    }),
    durations: new Histogram({
      name: `${PREFIX}request_duration_seconds`,
      help: 'Time a request for embeddings took, and time its recordings spent in each stage',
      labelNames: ['stage'],
      buckets: SECONDS_BUCKETS,
      registers,
    }),
    batches: new Histogram({
      name: `${PREFIX}batch_windows`,
      help: 'Windows run together',
      buckets: WINDOWS_BUCKETS,
      registers,
    }),
    audioSeconds: new Counter({
      name: `${PREFIX}audio_seconds_total`,
      help: 'Sound decoded, or sent as samples',
      registers,
    }),
    cacheHits: new Counter({ name: `${PREFIX}cache_hits_total`, help: 'Embeddings found in the cache', registers }),
    decodeFailures: new Counter({
      name: `${PREFIX}decode_failures_total`,
      help: 'Recordings that could not be decoded, by error code',
      labelNames: ['reason'],
      registers,
    }),
    rejected: new Counter({
      name: `${PREFIX}rejected_total`,
      help: 'Requests turned away for load, limits or deadlines, by error code',
      labelNames: ['reason'],
      registers,
    }),
  };
}

const isRejection = (code: string): boolean =>
  Object.hasOwn(ERROR_KINDS, code) && REJECTIONS.has(ERROR_KINDS[code as ErrorCode].status);

/** The metrics of one service, in a registry of their own. Labels never carry keys, addresses or file names. */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerStatus(registry, sources);
  const instruments = createInstruments(registry);
  const observe = (stage: string, startedAt: number, endedAt: number): void =>
    instruments.durations.observe({ stage }, Math.max(0, endedAt - startedAt) / 1000);
  return {
    onStage: observe,
    onAudio: (seconds) => instruments.audioSeconds.inc(seconds),
    onDecodeFailed: (reason) => instruments.decodeFailures.inc({ reason }),
    onBatch: (windows) => instruments.batches.observe(windows),
    onCacheHit: () => instruments.cacheHits.inc(),
    onRequest: ({ route = 'unknown', status, errorCode, startedAt, isWork }) => {
      instruments.requests.inc({ route, code: status });
      if (errorCode !== undefined && isRejection(errorCode)) instruments.rejected.inc({ reason: errorCode });
      if (isWork) observe('total', startedAt, performance.now());
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}
