// SPDX-License-Identifier: Apache-2.0
import { type Card, goldenSignal } from '@earshot/models';
import type { GraphSession } from '../../src/host/graph-session.ts';
import { percentile } from '../support/statistics.ts';

export interface BatchRate {
  readonly batch: number;
  readonly windowsPerSecond: number;
  /** Of one batch, ms. */
  readonly medianMs: number;
}

export interface ConcurrencyLatency {
  readonly concurrency: number;
  readonly windowsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Runs before the clock starts: a GPU looks for its kernels at the first run of every shape. */
const WARM_UPS = 2;

function windowsOf({ input }: Card, count: number): Float32Array {
  const signal = goldenSignal('chirp-noise', input.sampleRateHz, input.windowSamples);
  const windows = new Float32Array(count * signal.length);
  for (let row = 0; row < count; row++) windows.set(signal, row * signal.length);
  return windows;
}

/** Windows a second when whole batches follow one another. */
export async function measureBatch(
  session: GraphSession,
  card: Card,
  { batch, seconds }: { readonly batch: number; readonly seconds: number },
): Promise<BatchRate> {
  const windows = windowsOf(card, batch);
  for (let run = 0; run < WARM_UPS; run++) await session.run(windows, batch);
  const startedAt = performance.now();
  const times: number[] = [];
  while (performance.now() - startedAt < seconds * 1000) {
    const runAt = performance.now();
    await session.run(windows, batch);
    times.push(performance.now() - runAt);
  }
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  return { batch, windowsPerSecond: (times.length * batch) / elapsedSeconds, medianMs: percentile(times, 50) };
}

/** Time of single windows when so many callers each ask again as soon as they are answered. */
export async function measureConcurrency(
  session: GraphSession,
  card: Card,
  { concurrency, seconds }: { readonly concurrency: number; readonly seconds: number },
): Promise<ConcurrencyLatency> {
  const window = windowsOf(card, 1);
  await session.run(window, 1);
  const startedAt = performance.now();
  const times: number[] = [];
  const call = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1000) {
      const runAt = performance.now();
      await session.run(window, 1);
      times.push(performance.now() - runAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, call));
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  return {
    concurrency,
    windowsPerSecond: times.length / elapsedSeconds,
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    p99Ms: percentile(times, 99),
  };
}
