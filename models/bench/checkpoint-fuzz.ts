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

const [count = 20_000, seed = 1, only] = process.argv.slice(2).map(Number);
const SLOW_MS = 1000;
/** No case holds more than 40 kB; an array of this size would be a claim believed. */
const MAX_ARRAY_BYTES = 64 * 2 ** 20;

type Random = (limit: number) => number;

/** Numerical Recipes' linear congruential generator, one for each case, so that any case can be repeated alone. */
function createRandom(index: number): Random {
  let state = (seed * 0x9e3779b1 + index * 0x85ebca6b) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

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

/** Numbers that sizes, counts and offsets go wrong with. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const GLOBALS = [
  'cos\nsystem\n',
  'cbuiltins\neval\n',
  'ctorch\nFloatStorage\n',
  'ccollections\nOrderedDict\n',
  'c__proto__\nconstructor\n',
];

/** Ways to damage a file; each gives a changed copy. */
const MUTATIONS: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => {
    const changed = bytes.slice();
    for (let i = 1 + random(8); i > 0; i--) changed[random(changed.length)] = random(256);
    return changed;
  },
  (bytes, random) => {
    const changed = bytes.slice();
    const at = random(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
    return changed;
  },
  (bytes, random) => {
    const changed = bytes.slice();
    new DataView(changed.buffer).setUint32(random(changed.length - 4), EXTREMES[random(EXTREMES.length)] ?? 0, true);
    return changed;
  },
  (bytes, random) => {
    const [at, length, from] = [random(bytes.length), random(200), random(bytes.length)];
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + length), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(200))]);
  },
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

function mutate(index: number): Uint8Array {
  const random = createRandom(index);
  let bytes: Uint8Array = new Uint8Array(SOURCES[index % SOURCES.length] ?? []);
  for (let rounds = 1 + random(3); rounds > 0 && bytes.length > 8; rounds--)
    bytes = new Uint8Array(MUTATIONS[random(MUTATIONS.length)]?.(bytes, random) ?? bytes);
  return bytes;
}

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
  writeFileSync(path, mutate(index));
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
