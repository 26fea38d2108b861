#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * Damaged ONNX and TensorFlow Lite files by the ten thousand: each is read or refused by a typed error, in little time
 * and memory. A part of the ONNX files that can be read goes on to ONNX Runtime, in a process of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGraphBuilder, encodeModel, type GraphBuilder, toBytes } from '../src/build/index.ts';
import { ImportError } from '../src/importers/import-error.ts';
import { importSpace } from '../src/importers/import-space.ts';
import { createOnnxReader } from '../src/importers/onnx/onnx-reader.ts';
import { narrowYamnet, writeNarrowYamnet } from '../src/importers/testing/narrow-yamnet.ts';
import { readTflite } from '../src/importers/tflite/read-tflite.ts';
import { readYamnet } from '../src/importers/yamnet/read-yamnet.ts';
import { COMMON_MUTATIONS, createRandom, type Mutation, mutate } from './support/mutate-bytes.ts';

const SLOW_MS = 1000;
/** Of the table that the mutations are to meet; behind it are weights. */
const TFLITE_TABLES = 4096;
const CARD = {
  ...{ model: 'fuzzed', title: 'Fuzzed', dims: 8, sampleRateHz: 8000, windowSamples: 4000 },
  input: {
    ...{ kind: 'log-mel', axes: 'batch,1,mels,frames', fftSize: 128, frameHopSamples: 100, framing: 'reflect' },
    ...{
      window: 'hann',
      spectrum: 'power',
      mels: { bands: 8, scale: 'htk', norm: 'none' },
      log: { kind: 'ln', offset: 1 },
    },
  },
  licence: { spdx: 'MIT', attribution: 'nobody', source: 'nowhere' },
};

function smallGraph(build: (g: GraphBuilder) => void): Uint8Array {
  const g = createGraphBuilder();
  build(g);
  return toBytes(encodeModel(g.build({ name: 'small', description: '', metadata: { maker: 'nobody' } })));
}

const ONNX = smallGraph((g) => {
  const mel = g.input('mel', ['batch', 1, 8, 'frames']);
  const kernels = g.floats(
    'kernels',
    [4, 1, 3, 3],
    Array.from({ length: 36 }, (_, i) => Math.sin(i)),
  );
  const bias = g.floats('bias', [4], [0.1, 0.2, 0.3, 0.4]);
  const maps = g.op('Relu', [g.op('Conv', [mel, kernels, bias], { pads: { ints: [1, 1, 1, 1] } })]);
  const byTime = g.op('ReduceMean', [maps], { axes: { ints: [3] }, keepdims: { int: 0 } });
  const flat = g.op('Reshape', [byTime, g.integers('flat', [0, 32])]);
  const weights = g.floats(
    'weights',
    [32, 8],
    Array.from({ length: 256 }, (_, i) => Math.cos(i)),
  );
  g.output('embedding', g.op('MatMul', [flat, weights]), ['batch', 8]);
});

/** Damage where the tables are, not in the weights behind them. */
const inTables: Mutation = (bytes, random) => {
  const changed = bytes.slice();
  const end = Math.min(TFLITE_TABLES, changed.length);
  for (let i = 1 + random(6); i > 0; i--) changed[random(end)] = random(256);
  return changed;
};

interface Kind {
  readonly file: string;
  readonly source: Uint8Array;
  readonly mutations: readonly Mutation[];
  readonly read: (path: string, dir: string) => void;
}

const ORIGIN = { file: 'case.onnx', bytes: 1, sha256: '0'.repeat(64), isPublished: false };
const KINDS: readonly Kind[] = [
  {
    file: 'case.onnx',
    source: ONNX,
    mutations: COMMON_MUTATIONS,
    // What an import does before ONNX Runtime sees the graph.
    read: (path, dir) => {
      const opened = createOnnxReader(join(dir, 'card.json'), 1).open(path, ORIGIN);
      opened.makeGraph({});
      opened.close();
    },
  },
  {
    file: 'case.tflite',
    source: writeNarrowYamnet(narrowYamnet(7)),
    mutations: [...COMMON_MUTATIONS, inTables, inTables, inTables],
    read: (path) => {
      readYamnet(readTflite(path));
    },
  },
];

interface Tally {
  readonly outcomes: Map<string, number>;
  failures: number;
  slowest: number;
}

function count(tally: Tally, outcome: string): void {
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
}

const describe = ({ outcomes, failures, slowest }: Tally): string =>
  `${[...outcomes].map(([outcome, times]) => `${outcome} ${times}`).join(', ')}; ${failures} failures; slowest ${slowest.toFixed(0)} ms`;

/** Typed, naming the file, short. */
const isTyped = (error: unknown, file: string): error is ImportError =>
  error instanceof ImportError && error.message.includes(file) && error.message.length < 1500;

function readCase(kind: Kind, index: number, dir: string): string {
  const path = join(dir, kind.file);
  writeFileSync(path, mutate(kind.source, kind.mutations, createRandom(seed, index)));
  try {
    kind.read(path, dir);
    return 'read';
  } catch (error) {
    if (isTyped(error, kind.file)) return error.code;
    console.log(`${kind.file} ${index}: ${String(error).slice(0, 500)}`);
    return 'FAILED';
  }
}

function readAll(kind: Kind, cases: number, dir: string): Tally {
  const tally: Tally = { outcomes: new Map(), failures: 0, slowest: 0 };
  for (let index = 0; index < cases; index++) {
    const started = performance.now();
    const outcome = readCase(kind, index, dir);
    const elapsed = performance.now() - started;
    if (elapsed > SLOW_MS) console.log(`${kind.file} ${index} took ${elapsed.toFixed(0)} ms`);
    tally.slowest = Math.max(tally.slowest, elapsed);
    if (outcome === 'FAILED') tally.failures++;
    count(tally, outcome);
  }
  return tally;
}

/** In the process for ONNX Runtime: imports cases from `first` on, an outcome a line. */
async function importCases(first: number, cases: number, dir: string): Promise<void> {
  const [kind] = KINDS;
  if (!kind) return;
  const path = join(dir, 'case.onnx');
  for (let index = first; index < cases; index++) {
    writeFileSync(path, mutate(kind.source, kind.mutations, createRandom(seed, index)));
    const options = { path, modelsDir: join(dir, 'models'), acceptUnverified: false, onStep: () => undefined };
    const started = performance.now();
    let outcome = 'added';
    try {
      await importSpace(options, createOnnxReader(join(dir, 'card.json'), 1));
    } catch (error) {
      outcome = isTyped(error, 'case.onnx') ? error.code : `FAILED ${error}`;
    }
    rmSync(join(dir, 'models'), { recursive: true, force: true });
    process.stdout.write(`${JSON.stringify({ index, outcome, elapsed: performance.now() - started })}\n`);
  }
  process.exit(0);
}

/** Starts the process again behind each case that ended it. */
async function runAll(cases: number, dir: string): Promise<Tally> {
  const tally: Tally = { outcomes: new Map(), failures: 0, slowest: 0 };
  for (let next = 0; next < cases; ) {
    const args = [import.meta.filename, '--import', String(next), String(cases), String(seed), dir];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const closed = new Promise<string>((resolve) =>
      child.on('close', (code, signal) => resolve(signal ?? String(code))),
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const { index, outcome, elapsed } = JSON.parse(line) as { index: number; outcome: string; elapsed: number };
      next = index + 1;
      tally.slowest = Math.max(tally.slowest, elapsed);
      count(tally, outcome.slice(0, 30));
      if (!outcome.startsWith('FAILED')) continue;
      tally.failures++;
      console.log(`case.onnx ${index} in ONNX Runtime: ${outcome}`);
    }
    const end = await closed;
    if (next >= cases) break;
    console.log(`case.onnx ${next} ends ONNX Runtime's process: ${end}`);
    count(tally, 'process ended');
    next++;
  }
  return tally;
}

const isChild = process.argv[2] === '--import';
const [reads = 20_000, imports = 500, seed = 1] = isChild
  ? [0, 0, Number(process.argv[5])]
  : process.argv.slice(2).map(Number);

if (isChild) await importCases(Number(process.argv[3]), Number(process.argv[4]), process.argv[6] ?? '');
else {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-graph-fuzz-'));
  try {
    writeFileSync(join(dir, 'card.json'), JSON.stringify(CARD));
    for (const kind of KINDS) {
      const tally = readAll(kind, reads, dir);
      console.log(
        `${kind.file}, seed ${seed}: ${describe(tally)}; peak memory ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
      );
      if (tally.failures > 0) process.exitCode = 1;
    }
    const tally = await runAll(imports, dir);
    console.log(`case.onnx in ONNX Runtime, seed ${seed}: ${describe(tally)}`);
    if (tally.failures > 0) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
