#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Log-mel front-ends beside torchaudio and librosa; networks exported by PyTorch, imported with a card, beside PyTorch. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logMelSpectrogram } from '../src/build/front-end/log-mel-graph.ts';
import type { LogMelSettings } from '../src/build/front-end/log-mel-settings.ts';
import { createGraphBuilder, encodeModel, toBytes } from '../src/build/index.ts';
import { goldenSignal } from '../src/golden-signal.ts';
import { importSpace } from '../src/importers/import-space.ts';
import { logMelSettings, readCardFile } from '../src/importers/onnx/card-file.ts';
import { createOnnxReader } from '../src/importers/onnx/onnx-reader.ts';
import { InferenceSession, Tensor } from '../src/onnx-runtime.ts';
import { findPython } from './support/find-python.ts';

const REFERENCE = fileURLToPath(new URL('./python/onnx_reference.py', import.meta.url));
const CARDS = fileURLToPath(new URL('../../docs/operators/cards', import.meta.url));
const SECONDS = 10;
const RATES = [16_000, 32_000] as const;

const settingsOf = (card: string): LogMelSettings => {
  const settings = logMelSettings(readCardFile(join(CARDS, card)));
  if (!settings) throw new Error(`${card} has no log-mel front-end`);
  return settings;
};

const CED = settingsOf('ced-mini.json');
const SLANEY = { minHz: 0, maxHz: 8000, scale: 'slaney', norm: 'slaney', triangles: 'hz' } as const;

/** Front-ends by the name of the reference's file. */
const FRONT_ENDS: Readonly<Record<string, { readonly what: string; readonly settings: LogMelSettings }>> = {
  efficientat: { what: 'EfficientAT: torch.stft, Kaldi mels', settings: settingsOf('efficientat-mn10.json') },
  ced: { what: 'CED: torchaudio MelSpectrogram, AmplitudeToDB', settings: CED },
  ast: {
    what: 'AST: torchaudio Kaldi fbank',
    settings: {
      ...CED,
      ...{
        frameSamples: 400,
        framing: 'none',
        removeFrameMean: true,
        framePreEmphasis: 0.97,
        window: 'hann-symmetric',
      },
      mels: { bands: 128, minHz: 20, maxHz: 8000, scale: 'htk', norm: 'none', triangles: 'mel' },
      log: { kind: 'ln', offset: 0, floor: 2 ** -23, reference: 1, range: 0 },
      mean: -4.2677393,
      std: 2 * 4.5689974,
    },
  },
  librosa: {
    what: 'librosa melspectrogram, power_to_db of the maximum',
    settings: {
      ...CED,
      ...{ fftSize: 1024, frameSamples: 1024, frameHopSamples: 256, framing: 'zeros' },
      mels: { ...SLANEY, bands: 96, minHz: 20 },
      log: { kind: 'db', offset: 0, floor: 1e-10, reference: 'max', range: 80 },
    },
  },
  whisper: {
    what: 'Whisper: torch.stft, last frame cut',
    settings: {
      ...CED,
      ...{ fftSize: 400, frameSamples: 400, frames: 1000 },
      mels: { ...SLANEY, bands: 80 },
      log: { kind: 'log10', offset: 0, floor: 1e-10, reference: 1, range: 8 },
      mean: -4,
      std: 4,
    },
  },
};

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function difference(ours: Float32Array, theirs: Float32Array): string {
  if (ours.length !== theirs.length) return `${ours.length} values, not ${theirs.length}`;
  let [largest, most] = [0, 0];
  for (const [i, value] of theirs.entries()) {
    largest = Math.max(largest, Math.abs(value));
    most = Math.max(most, Math.abs(value - (ours[i] ?? Number.NaN)));
  }
  return `${most.toExponential(1)} | ${(most / largest).toExponential(1)}`;
}

function makeWindows(rate: number): Float32Array {
  const samples = rate * SECONDS;
  const windows = new Float32Array(2 * samples);
  windows.set(goldenSignal('chirp-noise', rate, samples));
  windows.set(goldenSignal('plucked-notes', rate, samples), samples);
  return windows;
}

async function runGraph(graph: Uint8Array | string, windows: Float32Array, output: string): Promise<Float32Array> {
  const session = await (typeof graph === 'string' ? InferenceSession.create(graph) : InferenceSession.create(graph));
  const [input = ''] = session.inputNames;
  const answer = await session.run({ [input]: new Tensor('float32', windows, [2, windows.length / 2]) }, [output]);
  await session.release();
  return answer[output]?.data as Float32Array;
}

async function compareFrontEnds(dir: string, windows: ReadonlyMap<number, Float32Array>): Promise<void> {
  console.log('| front-end | largest difference | of the largest value |\n|---|---|---|');
  for (const [name, { what, settings }] of Object.entries(FRONT_ENDS)) {
    const samples = windows.get(settings.sampleRateHz) ?? new Float32Array(0);
    const g = createGraphBuilder();
    const axes = name === 'ast' ? 'batch,frames,mels' : 'batch,mels,frames';
    const spectrogram = logMelSpectrogram(g, g.input('x', ['batch', samples.length / 2]), { ...settings, axes });
    g.output('y', spectrogram, axes.split(','));
    const bytes = toBytes(encodeModel(g.build({ name, description: '', metadata: {} })));
    const ours = await runGraph(bytes, samples, 'y');
    console.log(`| ${what} | ${difference(ours, readFloats(join(dir, `${name}.f32`)))} |`);
  }
}

interface Network {
  readonly what: string;
  readonly card: string;
  readonly onnx: string;
  readonly reference: string;
  readonly output: string;
}

async function compareNetwork(dir: string, network: Network, windows: Float32Array): Promise<void> {
  const card = JSON.parse(readFileSync(join(CARDS, network.card), 'utf8')) as object;
  const cardPath = join(dir, `${network.onnx}.json`);
  writeFileSync(cardPath, JSON.stringify({ ...card, model: network.onnx, output: { tensor: network.output } }));
  const options = {
    path: join(dir, `${network.onnx}.onnx`),
    modelsDir: join(dir, 'models'),
    acceptUnverified: false,
    onStep: () => undefined,
  };
  const { card: made, checks } = await importSpace(options, createOnnxReader(cardPath, 1));
  const ours = await runGraph(join(dir, 'models', made.graph.file), windows, made.output.tensor);
  const theirs = readFloats(join(dir, `${network.reference}.f32`));
  // Random networks answer much alike to everything; what matters is how small the error is beside that.
  const half = theirs.length / 2;
  const apart = theirs.subarray(half).reduce((most, v, i) => Math.max(most, Math.abs(v - (theirs[i] ?? 0))), 0);
  const speed = `${checks?.windowsPerSecond.toFixed(1)} | ${checks?.timesRealTime.toFixed(0)}`;
  const batch = checks?.batchDifference.toExponential(1);
  console.log(`| ${network.what} | ${difference(ours, theirs)} | ${apart.toExponential(1)} | ${batch} | ${speed} |`);
}

async function measure(python: string, dir: string): Promise<void> {
  const windows = new Map(RATES.map((rate) => [rate as number, makeWindows(rate)]));
  for (const [rate, samples] of windows) writeFileSync(join(dir, `windows-${rate}.f32`), samples);
  execFileSync(python, ['-W', 'ignore', REFERENCE, dir], { stdio: ['ignore', 'ignore', 'ignore'] });
  await compareFrontEnds(dir, windows);
  const names = JSON.parse(readFileSync(join(dir, 'names.json'), 'utf8')) as { transformer: string };
  const mobile = { card: 'efficientat-mn10.json', reference: 'mobilenet', output: 'features' };
  const transformer = { card: 'ced-mini.json', reference: 'transformer', output: names.transformer };
  console.log(
    '\n| network from a waveform | largest difference | of the largest value | two windows differ by | batch beside one by one | windows/s | × real time |\n|---|---|---|---|---|---|---|',
  );
  const networks: readonly Network[] = [
    { what: 'MobileNet like mn10, TorchScript exporter, opset 17', onnx: 'mobilenet-torchscript', ...mobile },
    { what: 'the same, torch.export, weights in a second file', onnx: 'mobilenet-dynamo', ...mobile },
    { what: 'transformer like CED mini, opset 12, inner tensor', onnx: 'transformer-torchscript', ...transformer },
  ];
  for (const network of networks)
    await compareNetwork(
      dir,
      network,
      windows.get(network.card.startsWith('ced') ? 16_000 : 32_000) ?? new Float32Array(0),
    );
}

const python = findPython(['torch', 'librosa', 'onnx', 'onnxscript'], 'onnx-graphs');
if (python) {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-onnx-'));
  try {
    await measure(python, dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
