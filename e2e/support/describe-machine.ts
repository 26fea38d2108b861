// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** One line about where and when a figure was made; a load above 0.5 before the start makes it doubtful. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${availableParallelism()} cores of ${model}, ${memory} GiB, Node ${process.versions.node}, load ${load} at the start, ${new Date().toISOString()}`;
}
