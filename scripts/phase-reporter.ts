// SPDX-License-Identifier: Apache-2.0
import type { Reporter } from 'vitest/node';

interface Phase {
  readonly from: number;
  readonly to: number;
}

export interface TestTimes {
  /** By project, seconds from the first start to the last end. */
  readonly phases: Readonly<Record<string, number>>;
  /** The slowest files first, seconds. */
  readonly slowest: readonly { readonly file: string; readonly seconds: number }[];
}

const SHOWN = 8;

/** Notes how long each project took by the clock, and which files took longest. */
export function createPhaseReporter(): Reporter & { times(): TestTimes } {
  const phases = new Map<string, Phase>();
  const begun = new Map<string, number>();
  const files: { file: string; seconds: number }[] = [];
  return {
    onTestModuleQueued(module) {
      begun.set(module.id, performance.now());
    },
    onTestModuleEnd(module) {
      const to = performance.now();
      const from = begun.get(module.id) ?? to;
      const { name } = module.project;
      const phase = phases.get(name);
      phases.set(name, { from: phase?.from ?? from, to });
      files.push({ file: module.relativeModuleId, seconds: (to - from) / 1000 });
    },
    times: () => ({
      phases: Object.fromEntries([...phases].map(([name, { from, to }]) => [name, (to - from) / 1000])),
      slowest: files.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN),
    }),
  };
}

/** One line by project and one of the slowest files. */
export function formatTimes({ phases, slowest }: TestTimes): string {
  if (slowest.length === 0) return '';
  const seconds = (value: number): string => `${Math.round(value)} s`;
  return [
    `By the clock: ${Object.entries(phases)
      .map(([name, value]) => `${name} ${seconds(value)}`)
      .join(', ')}`,
    `Slowest: ${slowest.map(({ file, seconds: value }) => `${file} ${seconds(value)}`).join(', ')}`,
  ].join('\n');
}
