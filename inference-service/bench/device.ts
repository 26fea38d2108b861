#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** One device without the HTTP part: Cnn14's windows a second, latency, parity with the CPU, share of the MatMul peak. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, markdownTable } from '@earshot/e2e/support';
import { CNN14 } from '@earshot/models/build';
import type { GraphSession } from '../src/host/graph-session.ts';
import { cnn14Flop } from './device/cnn14-cost.ts';
import { measureMatmulPeak } from './device/matmul-peak.ts';
import { openDevice } from './device/open-device.ts';
import { measureParity } from './device/parity.ts';
import { type BatchRate, type ConcurrencyLatency, measureBatch, measureConcurrency } from './device/throughput.ts';
import { writeCnn14Space } from './support/write-cnn14-space.ts';

const { values } = parseArgs({
  options: {
    ep: { type: 'string', default: 'cuda,webgpu,cpu' },
    batches: { type: 'string' },
    concurrencies: { type: 'string', default: '1,2,4,8' },
    seconds: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const seconds = Number(values.seconds);
const threads = Number(values.threads);
const numbers = (list: string): number[] => list.split(',').map(Number);

/** Batches a CPU gains nothing from are not worth its time. */
const batchesOf = (ep: string): number[] => numbers(values.batches ?? (ep === 'cpu' ? '1,2,4' : '1,2,4,8,16,32,64'));

type Cnn14Space = Awaited<ReturnType<typeof writeCnn14Space>>['space'];

async function measureSession(
  session: GraphSession,
  { card }: Cnn14Space,
  batches: readonly number[],
): Promise<{ rates: BatchRate[]; latencies: ConcurrencyLatency[] }> {
  const rates: BatchRate[] = [];
  for (const batch of batches) rates.push(await measureBatch(session, card, { batch, seconds }));
  const latencies: ConcurrencyLatency[] = [];
  for (const concurrency of numbers(values.concurrencies))
    latencies.push(await measureConcurrency(session, card, { concurrency, seconds }));
  return { rates, latencies };
}

async function measure(modelsDir: string): Promise<void> {
  const { space } = await writeCnn14Space(modelsDir);
  const { ep, session, startMs, misses } = await openDevice(values.ep.split(','), space, threads);
  const parity = await measureParity(session, space, threads);
  const peakGflops = (await measureMatmulPeak(ep, threads, seconds)) / 1e9;
  const { rates, latencies } = await measureSession(session, space, batchesOf(ep));
  await session.release();
  const windowGflop = cnn14Flop(CNN14) / 1e9;
  const machine = describeMachine();
  const throughput = rates.map((rate) => {
    const gflops = rate.windowsPerSecond * windowGflop;
    return { ...rate, gflops, shareOfMatmulPeak: gflops / peakGflops };
  });
  const latencyRows = latencies.map((at) => [
    at.concurrency,
    at.windowsPerSecond.toFixed(1),
    ...[at.p50Ms, at.p95Ms, at.p99Ms].map((ms) => ms.toFixed(1)),
  ]);
  const throughputRows = throughput.map((at) => [
    at.batch,
    at.windowsPerSecond.toFixed(1),
    at.medianMs.toFixed(1),
    at.gflops.toFixed(0),
    at.shareOfMatmulPeak.toFixed(2),
  ]);
  console.log(
    [
      machine,
      `Provider ${ep}, ${threads} threads, ready after ${startMs.toFixed(0)} ms; MatMul peak ${peakGflops.toFixed(0)} GFLOP/s; passed over: ${JSON.stringify(misses)}`,
      `Against the CPU: largest difference ${parity.maxDifference.toExponential(1)} (${parity.maxRelativeDifference.toExponential(1)} of the largest value), lowest cosine ${parity.lowestCosine.toFixed(9)}`,
      '',
      markdownTable(['batch', 'windows/s', 'ms a batch', 'GFLOP/s', 'share of MatMul peak'], throughputRows),
      '',
      markdownTable(['callers', 'windows/s', 'p50 ms', 'p95 ms', 'p99 ms'], latencyRows),
      '',
      JSON.stringify({ machine, ep, misses, threads, startMs, parity, peakGflops, windowGflop, throughput, latencies }),
    ].join('\n'),
  );
}

const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
try {
  await measure(modelsDir);
} finally {
  rmSync(modelsDir, { recursive: true, force: true });
}
