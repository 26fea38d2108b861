// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observer } from '../core/observer-port.ts';
import type { RequestScope, Tracing } from '../core/trace-port.ts';
import { createTracing, type TracingOptions } from './create-tracing.ts';
import { createMetrics, type Metrics, type MetricsSources } from './metrics.ts';

export interface Telemetry {
  /** The request that runs now. */
  readonly scope: AsyncLocalStorage<RequestScope>;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** Tells metrics and traces. */
  readonly observer: Observer;
}

export interface TelemetryOptions extends MetricsSources, TracingOptions {
  /** So much sound was worked on for this key. */
  readonly onKeyAudio: (keyName: string, seconds: number) => void;
}

/** Metrics and traces of one service. */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const scope = new AsyncLocalStorage<RequestScope>();
  const metrics = createMetrics(options);
  const tracing = await createTracing(options);
  const observer: Observer = {
    ...metrics,
    onAudio: (seconds) => {
      metrics.onAudio(seconds);
      const key = scope.getStore()?.key;
      if (key) options.onKeyAudio(key.name, seconds);
    },
    onStage: (stage, startedAt, endedAt) => {
      metrics.onStage(stage, startedAt, endedAt);
      scope.getStore()?.trace.addStage(stage, startedAt, endedAt);
    },
  };
  return { scope, metrics, tracing, observer };
}
