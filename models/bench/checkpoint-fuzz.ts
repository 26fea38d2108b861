#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Damaged and hostile checkpoints by the ten thousand: each is read or refused by a typed error, in little time and memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportError } from '../src/importers/import-error.ts';
import { checkpointLayout } from '../src/importers/panns/checkpoint-layout.ts';
import { PANNS_NETWORKS } from '../src/importers/panns/networks.ts';
import { writeLegacyCheckpoint, writeZipCheckpoint } from '../src/importers/testing/write-checkpoint.ts';
import type { Saved, SavedTensor } from '../src/importers/testing/write-pickle.ts';
import { openCheckpoint } from '../src/importers/torch/open-checkpoint.ts';
import { COMMON_MUTATIONS, createRandom, type Mutation, mutate } from './support/mutate-bytes.ts';

const [count = 20_000, seed = 1, only] = process.argv.slice(2).map(Number);
const SLOW_MS = 1000;
/** No case holds more than 40 kB; an array of this size would be a claim believed. */
const MAX_ARRAY_BYTES = 64 * 2 ** 20;

function tensors(): Map<string, Saved> {
  const entries: [string, SavedTensor][] = Array.from({ length: 40 }, (_, i) => {
    const name = i % 3 === 0 ? `conv_block${i + 1}.conv1.weight` : `layer${i}.running_var`;
    const [rows, columns] = [1 + (i % 5), 3 + (i % 7)];
    return [name, { key: String(i), dims: [rows, columns], data: new Float32Array(rows * columns).fill(i) }];
  });
  return new Map(entries);
}
const SAVED: Saved = new Map<string, Saved>([
  ['model', tensors()],
  ['iteration', 600_000],
]);
const SOURCES = [writeZipCheckpoint(SAVED), writeLegacyCheckpoint(SAVED)];

const GLOBALS = [
  'cos\nsystem\n',
  'cbuiltins\neval\n',
  'ctorch\nFloatStorage\n',
  'ccollections\nOrderedDict\n',
  'c__proto__\nconstructor\n',
];

const MUTATIONS: readonly Mutation[] = [
  ...COMMON_MUTATIONS,
  (bytes, random) => {
    const [at, name] = [random(bytes.length), GLOBALS[random(GLOBALS.length)] ?? ''];
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(name), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const changed = bytes.slice();
    const at = random(changed.length);
    return changed.fill('(]}tuq.Rb'.charCodeAt(random(9)), at, at + random(500));
  },
];

/** Opens a file, reads every tensor and asks for its network: what an import does before it builds a graph. */
function readAll(path: string): void {
  const checkpoint = openCheckpoint(path);
  try {
    for (const name of checkpoint.dims.keys()) {
      const bytes = checkpoint.get(name)?.byteLength ?? 0;
      if (bytes > MAX_ARRAY_BYTES) throw new Error(`${name} became ${bytes} bytes`);
    }
    for (const network of Object.values(PANNS_NETWORKS)) checkpointLayout(checkpoint, network);
  } finally {
    checkpoint.close();
  }
}

const outcomes = new Map<string, number>();
let failures = 0;
let slowest = 0;

function runCase(index: number, path: string): void {
  const source = new Uint8Array(SOURCES[index % SOURCES.length] ?? []);
  writeFileSync(path, mutate(source, MUTATIONS, createRandom(seed, index)));
  const started = performance.now();
  let outcome = 'read';
  try {
    readAll(path);
  } catch (error) {
    outcome = error instanceof ImportError ? error.code : 'FAILED';
    const isNamed = error instanceof ImportError && error.message.includes('case.pth') && error.message.length < 600;
    if (!isNamed) {
      failures++;
      console.log(`case ${index} (npm run bench -- checkpoint-fuzz ${count} ${seed} ${index}): ${error}`);
    }
  }
  const elapsed = performance.now() - started;
  slowest = Math.max(slowest, elapsed);
  if (elapsed > SLOW_MS) console.log(`case ${index} took ${elapsed.toFixed(0)} ms`);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

const dir = mkdtempSync(join(tmpdir(), 'earshot-checkpoint-fuzz-'));
const before = process.resourceUsage().maxRSS;
const started = performance.now();
try {
  const cases = only === undefined ? Array.from({ length: count }, (_, i) => i) : [only];
  for (const index of cases) runCase(index, join(dir, 'case.pth'));
} finally {
  rmSync(dir, { recursive: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const rss = [before, process.resourceUsage().maxRSS].map((kib) => `${Math.round((kib * 1024) / 1e6)} MB`).join(' → ');
const counts = [...outcomes].map(([outcome, times]) => `${outcome} ${times}`).join(', ');
console.log(
  `seed ${seed}: ${counts}; ${failures} failures; ${seconds} s, slowest ${slowest.toFixed(1)} ms; peak memory ${rss}`,
);
process.exitCode = failures > 0 ? 1 : 0;
