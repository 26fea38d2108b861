#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * CLAP beside transformers: tokenizer, mel front-end, and a pair of the full architecture with random weights through
 * the importer. The published weights are not needed; with EARSHOT_CLAP_DIR they are imported and tried too.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logMelSpectrogram } from '../src/build/front-end/log-mel-graph.ts';
import { createGraphBuilder } from '../src/build/onnx/graph-builder.ts';
import { writeModel } from '../src/build/onnx/write-model.ts';
import { goldenSignal } from '../src/golden-signal.ts';
import { CLAP_CARD } from '../src/importers/clap/clap-card.ts';
import { openClapFolder } from '../src/importers/clap/clap-folder.ts';
import { createClapReader } from '../src/importers/clap/clap-reader.ts';
import { importSpace } from '../src/importers/import-space.ts';
import { logMelSettings } from '../src/importers/onnx/card-file.ts';
import { InferenceSession, Tensor } from '../src/onnx-runtime.ts';
import { loadSpaces, type Space } from '../src/registry.ts';
import { createTextEncoder } from '../src/text/text-encoder.ts';
import { openTextSession } from '../src/text/text-session.ts';
import { findPython } from './support/find-python.ts';
import { oddStrings } from './support/odd-strings.ts';

const REFERENCE = fileURLToPath(new URL('./python/clap_reference.py', import.meta.url));
const RATE = 48_000;
const WINDOW = CLAP_CARD.windowSamples;
const STRINGS = 1000;
const SENTENCES = [
  'a dog barking in the rain',
  'rain',
  'calm piano music with birdsong in the background',
  'somebody walks up a wooden staircase, slowly, while a clock ticks',
  '雨の中の犬 🐕',
];

/** Whole windows, shorter ones of odd lengths, quiet and nearly silent ones. */
function testSignals(): Float32Array[] {
  const chirp = goldenSignal('chirp-noise', RATE, WINDOW);
  const notes = goldenSignal('plucked-notes', RATE, WINDOW);
  return [
    chirp,
    notes,
    notes.map((value) => value * 1e-4),
    ...[239_999, 160_001, 14_400].map((length) => chirp.slice(0, length)),
  ];
}

/** A window of whole copies and zeros, written down a second time: the card's `repeat-whole`. */
function fillWindow(signal: Float32Array): Float32Array {
  const window = new Float32Array(WINDOW);
  for (let copy = 0; copy < Math.floor(WINDOW / signal.length); copy++) window.set(signal, copy * signal.length);
  return window;
}

const readFloats = (path: string): Float32Array => {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
};

async function compareTokens(dir: string, strings: readonly string[]): Promise<void> {
  const tokenizer = { file: 'x.tokenizer', sha256: '', padToken: '<pad>' };
  const encoder = await createTextEncoder(readFileSync(join(dir, 'tokenizer.json')), { maxTokens: 8192, tokenizer });
  const reference = JSON.parse(readFileSync(join(dir, 'ids.json'), 'utf8')) as number[][];
  const differing = strings.filter((text, i) => String([...encoder.encode([text]).ids]) !== String(reference[i]));
  console.log(`tokenizer    ${strings.length - differing.length} of ${strings.length} strings give the same numbers`);
  for (const text of differing.slice(0, 10)) console.log(`             differs: ${JSON.stringify(text)}`);
}

async function compareFrontEnd(dir: string, windows: readonly Float32Array[]): Promise<void> {
  const settings = logMelSettings(CLAP_CARD);
  if (!settings) throw new Error('the card has no mel front-end');
  const g = createGraphBuilder();
  g.output('features', logMelSpectrogram(g, g.input('waveform', ['batch', WINDOW]), settings), ['batch', 1, 1001, 64]);
  const path = join(dir, 'front-end.onnx');
  await writeModel(path, g.build({ name: 'front-end', description: '', metadata: {} }));
  const session = await InferenceSession.create(path);
  const reference = readFloats(join(dir, 'features.f32'));
  const size = reference.length / windows.length;
  for (const [i, window] of windows.entries()) {
    const { features } = await session.run({ waveform: new Tensor('float32', window, [1, WINDOW]) });
    const expected = reference.subarray(i * size, (i + 1) * size);
    const levels = features?.data as Float32Array;
    // Below −60 dB single precision shows: the reference computes in double precision.
    const audible = expected.map((level, at) => (level > -60 ? level : (levels[at] ?? 0)));
    console.log(
      `front-end    signal ${i}: largest difference ${largestDifference(levels, audible).toExponential(1)} dB above −60 dB, ${largestDifference(levels, expected).toExponential(1)} dB anywhere`,
    );
  }
  await session.release();
}

async function addSpace(dir: string, modelsDir: string): Promise<Space> {
  const started = performance.now();
  const folder = await openClapFolder(dir, true);
  const options = { path: folder.audioPath, modelsDir, acceptUnverified: true, onStep: () => undefined };
  const { card, checks } = await importSpace(options, createClapReader(folder, 1));
  console.log(
    `import       ${card.id} (${card.origin?.isPublished ? 'published' : 'random or other'} weights) in ${((performance.now() - started) / 1000).toFixed(1)} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB; ${checks?.windowsPerSecond.toFixed(2)} windows/s`,
  );
  const space = loadSpaces(modelsDir).get(card.id);
  if (!space) throw new Error('the space is not known after its import');
  return space;
}

async function compareVectors(dir: string, { card, graphPath, textPaths }: Space, windows: readonly Float32Array[]) {
  const [heard, read] = ['audio.f32', 'text.f32'].map((name) => readFloats(join(dir, name)));
  const session = await InferenceSession.create(graphPath);
  let difference = 0;
  for (const [i, window] of windows.entries()) {
    const { embedding } = await session.run({ [card.input.tensor]: new Tensor('float32', window, [1, WINDOW]) });
    const expected = heard?.subarray(i * card.dims, (i + 1) * card.dims) ?? [];
    difference = Math.max(difference, largestDifference((embedding?.data as Float32Array) ?? [], expected));
  }
  await session.release();
  console.log(`sounds       ${windows.length} unit vectors, largest difference ${difference.toExponential(1)}`);
  if (!card.text || !textPaths) return;
  const files = { graph: textPaths.graph, tokenizer: readFileSync(textPaths.tokenizer) };
  const words = await openTextSession({ dims: card.dims, text: card.text }, files, {});
  const started = performance.now();
  const { vectors } = await words.run(SENTENCES);
  const ms = performance.now() - started;
  await words.release();
  const unit = SENTENCES.flatMap((_, i) => {
    const row = vectors.subarray(i * card.dims, (i + 1) * card.dims);
    const length = Math.hypot(...row);
    return [...row].map((value) => value / length);
  });
  console.log(
    `words        ${SENTENCES.length} unit vectors in one batch (${ms.toFixed(0)} ms), largest difference ${largestDifference(unit, read ?? []).toExponential(1)}`,
  );
}

const python = findPython(['transformers', 'tokenizers', 'torch', 'onnx'], 'clap');
if (python) {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-bench-clap-'));
  try {
    const signals = testSignals();
    const strings = oddStrings(STRINGS, 1);
    writeFileSync(join(dir, 'strings.json'), JSON.stringify(strings));
    writeFileSync(join(dir, 'sentences.json'), JSON.stringify(SENTENCES));
    writeFileSync(join(dir, 'lengths.json'), JSON.stringify(signals.map(({ length }) => length)));
    writeFileSync(join(dir, 'signals.f32'), Buffer.concat(signals.map((signal) => new Uint8Array(signal.buffer))));
    execFileSync(python, [REFERENCE, dir], { stdio: ['ignore', 'ignore', 'ignore'] });
    const windows = signals.map(fillWindow);
    await compareTokens(dir, strings);
    await compareFrontEnd(dir, windows);
    await compareVectors(dir, await addSpace(dir, join(dir, 'models')), windows);
    const published = process.env.EARSHOT_CLAP_DIR;
    if (published) await addSpace(published, join(dir, 'published'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
