#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The service beside others on the same files and weights: panns_inference with librosa, and litserve. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '@earshot/e2e/support';
import { loadSpaces } from '@earshot/models/registry';
import { spawnService } from '../src/testing/spawn-service.ts';
import { compareLitserve } from './peers/compare-litserve.ts';
import { comparePanns } from './peers/compare-panns.ts';
import { findPython } from './peers/python.ts';
import { startLoadGenerator } from './support/load-generator.ts';
import { writeCnn14Space } from './support/write-cnn14-space.ts';

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);

async function measure(workDir: string): Promise<void> {
  console.log(`${describeMachine()}\n`);
  const modelsDir = join(workDir, 'models');
  const cnn14 = await writeCnn14Space(modelsDir);
  // Both sides compute every clip of every round.
  const service = await spawnService({
    EARSHOT_MODELS_DIR: modelsDir,
    EARSHOT_INFERENCE_THREADS: values.threads,
    EARSHOT_CACHE_BYTES: '0',
  });
  const load = startLoadGenerator();
  try {
    await service.waitUntilReady();
    const parts = { service, load, seconds: Number(values.seconds) };
    const pannsPython = findPython(['panns_inference', 'librosa', 'torch']);
    if (pannsPython) {
      const options = { python: pannsPython, threads, rounds, clips: Number(values.clips), workDir };
      console.log(`${await comparePanns(parts, cnn14, options)}\n`);
    }
    const litservePython = findPython(['litserve', 'onnxruntime', 'soundfile']);
    if (litservePython)
      for (const space of loadSpaces(modelsDir).values())
        console.log(`${await compareLitserve(parts, space, { python: litservePython, threads, rounds })}\n`);
  } finally {
    load.stop();
    await service.stop();
  }
}

const workDir = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
try {
  await measure(workDir);
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
