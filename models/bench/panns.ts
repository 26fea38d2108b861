#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Imported PANNs beside PyTorch: full-size random checkpoints in both containers, embedding and tags on four lengths. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from '../src/onnx-runtime.ts';
import { findPython } from './support/find-python.ts';

const RATE_HZ = 32_000;
const LENGTHS_SECONDS = [0.32, 1, 10, 37];
const CONTAINERS = ['zip', 'legacy'] as const;
const IMPORTER = fileURLToPath(new URL('../src/importers/add-main.ts', import.meta.url));
const REFERENCE = fileURLToPath(new URL('./python/panns_reference.py', import.meta.url));

const { values } = parseArgs({
  options: { networks: { type: 'string', default: 'cnn14,cnn10,cnn6' }, seed: { type: 'string', default: '14' } },
});

/** Gliding tones with tremolo, knocks and noise; as loud as recordings are, and never the same second twice. */
function signal(seconds: number, seed: number): Float32Array {
  let state = seed >>> 0;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
  const tones = Array.from({ length: 5 }, () => ({ hz: 200 + 4000 * Math.abs(noise()), glide: 40 * noise() }));
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, n) => {
    const t = n / RATE_HZ;
    const sum = tones.reduce((total, { hz, glide }, i) => {
      return total + Math.sin(2 * Math.PI * (hz * t + glide * t * t)) * (1 + Math.sin(t * (i + 2)));
    }, 0);
    return 0.06 * sum + 0.3 * noise() * Math.exp(-20 * (t % 0.7)) + 0.01 * noise();
  });
}

interface Import {
  readonly graphPath: string;
  readonly dims: number;
  readonly seconds: number;
  readonly peakRssBytes: number;
}

function runImport(model: string, checkpoint: string, modelsDir: string, vector = 'embedding'): Import {
  const args = [
    IMPORTER,
    model,
    '--file',
    checkpoint,
    '--models-dir',
    modelsDir,
    '--accept-unverified',
    '--vector',
    vector,
  ];
  const lines = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n');
  const added = JSON.parse(lines.at(-1) ?? '{}');
  return { ...added, dims: added.card.dims, graphPath: join(modelsDir, added.card.graph.file) };
}

/** A Float32Array of a file of raw little-endian floats. */
function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
const largest = (a: Float32Array): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Mid-level channel means, for the largest difference to PyTorch's as a part of the largest value. */
async function compareMidLevel(imported: Import, paths: readonly string[], network: string): Promise<string> {
  const session = await InferenceSession.create(imported.graphPath);
  const differences: string[] = [];
  for (const path of paths) {
    const samples = readFloats(path);
    const answer = await session.run({ waveform: new Tensor('float32', samples, [1, samples.length]) });
    const theirs = readFloats(path.replace(/f32$/, `${network}.answer.f32`)).subarray(-imported.dims);
    const relative = largestDifference(answer.mid_level?.data as Float32Array, theirs) / largest(theirs);
    if (!(relative <= 1e-4)) process.exitCode = 1;
    differences.push(relative.toExponential(1));
  }
  await session.release();
  return differences.join(', ');
}

async function compare(imported: Import, paths: readonly string[], network: string): Promise<string[]> {
  const session = await InferenceSession.create(imported.graphPath);
  const rows: string[] = [];
  for (const [i, path] of paths.entries()) {
    const samples = readFloats(path);
    const answer = await session.run({ waveform: new Tensor('float32', samples, [1, samples.length]) });
    const theirs = readFloats(path.replace(/f32$/, `${network}.answer.f32`));
    const [embedding, clipwise] = [answer.embedding?.data as Float32Array, answer.clipwise?.data as Float32Array];
    const [embedding2, clipwise2] = [theirs.subarray(0, imported.dims), theirs.subarray(imported.dims)];
    const relative = largestDifference(embedding, embedding2) / largest(embedding2);
    const active = Math.round((100 * embedding2.filter((value) => value > 0).length) / embedding2.length);
    const tags = largestDifference(clipwise, clipwise2);
    const verdict = relative <= 1e-4 && tags <= 1e-5 ? 'yes' : 'NO';
    rows.push(
      `| ${LENGTHS_SECONDS[i]} s | ${relative.toExponential(1)} | ${active} % | ${tags.toExponential(1)} | ${verdict} |`,
    );
    if (verdict === 'NO') process.exitCode = 1;
  }
  await session.release();
  return rows;
}

async function measure(python: string, network: string, workDir: string): Promise<void> {
  const paths = LENGTHS_SECONDS.map((seconds, i) => {
    const path = join(workDir, `signal-${i}.f32`);
    writeFileSync(path, new Uint8Array(signal(seconds, 100 + i).buffer));
    return path;
  });
  const args = [REFERENCE, network, workDir, ...paths, '--seed', values.seed];
  const torch = execFileSync(python, args, { encoding: 'utf8', env: { ...process.env, HOME: workDir } }).trim();
  for (const container of CONTAINERS) {
    const modelsDir = join(workDir, `${network}-${container}`);
    const checkpoint = join(workDir, `${network}-${container}.pth`);
    const imported = runImport(`panns-${network}`, checkpoint, modelsDir);
    const cost = `${imported.seconds} s, ${Math.round(imported.peakRssBytes / 1e6)} MB at most`;
    console.log(`${network}, ${container} container, PyTorch ${torch}: imported in ${cost}\n`);
    console.log(
      '| signal | embedding: largest difference / largest value | active | tags: largest difference | within aim |',
    );
    console.log(`|---|---|---|---|---|\n${(await compare(imported, paths, network)).join('\n')}\n`);
    if (container === 'zip') {
      const middle = runImport(`panns-${network}`, checkpoint, modelsDir, 'mid-level');
      const differences = await compareMidLevel(middle, paths, network);
      console.log(
        `mid-level, ${middle.dims} dims: largest difference / largest value ${differences} for the four lengths\n`,
      );
    }
    for (const path of [modelsDir, checkpoint]) rmSync(path, { recursive: true });
  }
}

const python = findPython(['panns_inference', 'torch'], 'panns');
if (python) {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  console.log(`${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, load ${load} at the start\n`);
  const workDir = mkdtempSync(join(tmpdir(), 'earshot-panns-'));
  mkdirSync(workDir, { recursive: true });
  try {
    for (const network of values.networks.split(',')) await measure(python, network, workDir);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}
