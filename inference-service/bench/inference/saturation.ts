// SPDX-License-Identifier: Apache-2.0

import { markdownTable } from '@earshot/e2e/support';
import type { Space } from '@earshot/models/registry';
import { measureBareRuntime } from '../support/bare-runtime.ts';
import { treeCpuMs } from '../support/process-cpu.ts';
import { median } from '../support/statistics.ts';
import { type BenchParts, expectSuccesses, sendLoad } from './bench-parts.ts';
import { type RequestKind, tensorRequest, wavRequest } from './request-kinds.ts';

/** Enough that a window always waits while another is computed. */
const CLIENTS = 8;

interface Measured {
  readonly windowsPerSecond: number;
  /** Over all processes of the service. */
  readonly cpuMsPerWindow: number;
}

async function measureService(parts: BenchParts, kind: RequestKind): Promise<Measured> {
  const pid = parts.service.process.pid ?? 0;
  const cpuBefore = treeCpuMs(pid);
  const result = expectSuccesses(
    await sendLoad(parts, kind, { kind: 'closed', clients: CLIENTS, until: { seconds: parts.seconds } }),
  );
  const windows = result.latenciesMs.length;
  return {
    windowsPerSecond: windows / result.seconds,
    cpuMsPerWindow: (treeCpuMs(pid) - cpuBefore) / windows,
  };
}

/**
 * Windows per second of the service under eight clients, beside ONNX Runtime alone on the same graph and threads. The two
 * take turns, so that a change of the machine's speed meets both; the ratio is the median of the rounds' ratios.
 */
export async function measureSaturation(
  parts: BenchParts,
  space: Space,
  options: { readonly rounds: number; readonly threads: number },
): Promise<string> {
  const kinds = [wavRequest(space.card), tensorRequest(space.card)];
  const bare: Measured[] = [];
  const served = kinds.map((): Measured[] => []);
  for (let round = 0; round < options.rounds; round++) {
    bare.push(await measureBareRuntime({ space, threads: options.threads, seconds: parts.seconds }));
    for (const [i, kind] of kinds.entries()) served[i]?.push(await measureService(parts, kind));
  }
  const row = (name: string, runs: readonly Measured[]): string[] => [
    name,
    median(runs.map((run) => run.windowsPerSecond)).toFixed(1),
    median(runs.map((run, i) => run.windowsPerSecond / (bare[i]?.windowsPerSecond ?? Number.NaN))).toFixed(3),
    median(runs.map((run) => run.cpuMsPerWindow)).toFixed(1),
  ];
  const rows = [row('ONNX Runtime alone', bare), ...kinds.map((kind, i) => row(kind.name, served[i] ?? []))];
  return markdownTable([space.card.id, 'windows/s', 'share of ONNX Runtime alone', 'CPU ms a window'], rows);
}
