#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The service under load: throughput beside bare ONNX Runtime, latency, event-loop delay, overload. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '@earshot/e2e/support';
import { loadSpaces, type Space } from '@earshot/models/registry';
import { spawnService } from '../src/testing/spawn-service.ts';
import type { BenchParts } from './inference/bench-parts.ts';
import { measureEventLoop } from './inference/event-loop.ts';
import { measureLatency } from './inference/latency.ts';
import { measureOverload } from './inference/overload.ts';
import { measureSaturation } from './inference/saturation.ts';
import { startLoadGenerator } from './support/load-generator.ts';
import { writeCnn14Space } from './support/write-cnn14-space.ts';

const MEASUREMENTS: Readonly<Record<string, (parts: BenchParts, space: Space) => Promise<string>>> = {
  saturation: (parts, space) => measureSaturation(parts, space, { rounds: Number(values.rounds), threads }),
  latency: (parts, { card }) => measureLatency(parts, card),
  'event-loop': (parts, { card }) => measureEventLoop(parts, card),
  overload: (parts, { card }) => measureOverload(parts, card),
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(availableParallelism()) },
    spaces: { type: 'string', default: 'random-cnn14-1,spectral-1' },
    only: { type: 'string', default: Object.keys(MEASUREMENTS).join() },
  },
});
const threads = Number(values.threads);

function pick<T>(names: string, of: (name: string) => T | undefined): T[] {
  return names.split(',').map((name) => {
    const found = of(name);
    if (!found) throw new Error(`there is no ${name} to measure`);
    return found;
  });
}

async function measure(modelsDir: string): Promise<void> {
  const measurements = pick(values.only, (name) => MEASUREMENTS[name]);
  console.log(`${describeMachine()}\n`);
  await writeCnn14Space(modelsDir);
  const known = loadSpaces(modelsDir);
  const spaces = pick(values.spaces, (id) => known.get(id));
  const service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_INFERENCE_THREADS: values.threads });
  const load = startLoadGenerator();
  try {
    await service.waitUntilReady();
    const parts = { service, load, seconds: Number(values.seconds) };
    for (const measureOne of measurements)
      for (const space of spaces) console.log(`${await measureOne(parts, space)}\n`);
  } finally {
    load.stop();
    await service.stop();
  }
}

const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
try {
  await measure(modelsDir);
} finally {
  rmSync(modelsDir, { recursive: true, force: true });
}
