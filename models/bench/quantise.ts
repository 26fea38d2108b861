#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** 8-bit variants beside their originals and beside ONNX Runtime's own static quantisation: YAMNet on ESC-10, Cnn14's shape. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeModel } from '../src/build/onnx/decode-model.ts';
import { writeModel } from '../src/build/onnx/write-model.ts';
import { pannsGraph } from '../src/build/spaces/panns/graph.ts';
import { CNN14 } from '../src/build/spaces/panns/layout.ts';
import { randomPannsWeights } from '../src/build/spaces/panns/random-weights.ts';
import type { Card } from '../src/card.ts';
import { labelRetrieval } from '../src/evaluation/index.ts';
import { importSpace } from '../src/importers/import-space.ts';
import { PANNS_NETWORKS } from '../src/importers/panns/networks.ts';
import { pannsCard } from '../src/importers/panns/panns-card.ts';
import { createYamnetReader } from '../src/importers/yamnet/yamnet-reader.ts';
import { type Clipping, chooseRange } from '../src/quantise/calibrate/choose-range.ts';
import { observeValues } from '../src/quantise/calibrate/observe-values.ts';
import { quantiseGraph } from '../src/quantise/graph/quantise-graph.ts';
import { createPairedEmbedder } from '../src/quantise/judge/embed-pair.ts';
import { type JudgedRecording, judge } from '../src/quantise/judge/judge.ts';
import { planQuantisation } from '../src/quantise/plan/plan-quantisation.ts';
import { chooseRecordings } from '../src/quantise/recordings/choose-recordings.ts';
import { loadSpaces } from '../src/registry.ts';
import { decodeAudio, findFfmpeg } from './support/decode-audio.ts';
import { copyWindow, windowStarts } from './support/embed-recording.ts';
import { ESC10_FOLDER, retrievalRow, SHARED_DATA } from './support/esc10-clips.ts';
import { findPython } from './support/find-python.ts';

const WEIGHTS = join(SHARED_DATA, 'weights/yamnet/yamnet_classification.tflite');
const REFERENCE = fileURLToPath(new URL('./python/quantise_reference.py', import.meta.url));
const CALIBRATION_SHARE = 1 / 3;
const WINDOWS_EACH = 8;

const { values } = parseArgs({
  options: { networks: { type: 'string', default: 'yamnet,cnn14' }, clips: { type: 'string', default: '48' } },
});

interface Clip {
  readonly label: string;
  /** Fold of ESC-10. */
  readonly group: string;
  readonly windows: readonly Float32Array[];
}

/** A network, and the recordings that it is calibrated and judged on. */
interface Stage {
  readonly card: Card;
  readonly graphPath: string;
  readonly calibration: readonly Clip[];
  readonly judged: readonly Clip[];
  readonly dir: string;
}

interface Variant {
  readonly name: string;
  readonly path: string;
}

/** ESC-10 in the order in which `earshot models quantise` would take it. */
async function readClips({ input }: Card, limit: number): Promise<Clip[]> {
  const ffmpeg = findFfmpeg(process.env);
  const clips: Clip[] = [];
  for (const { path, name, label = '' } of await chooseRecordings(ESC10_FOLDER, limit)) {
    const samples = await decodeAudio(ffmpeg, path, input.sampleRateHz);
    const windows = windowStarts(samples.length, input).map((start) => copyWindow(samples, start, input));
    const sounding = windows.filter((window) => window.some((value) => Math.abs(value) > 1e-4));
    clips.push({ label, group: basename(name).charAt(0), windows: sounding });
  }
  return clips.filter(({ windows }) => windows.length > 0);
}

function split(clips: readonly Clip[]): Pick<Stage, 'calibration' | 'judged'> {
  const count = Math.floor(clips.length * CALIBRATION_SHARE);
  return { calibration: clips.slice(0, count), judged: clips.slice(count) };
}

const calibrationWindows = ({ calibration }: Stage): Float32Array[] =>
  calibration.flatMap(({ windows }) => {
    const count = Math.min(WINDOWS_EACH, windows.length);
    return Array.from({ length: count }, (_, i) => windows[Math.floor(((i + 0.5) * windows.length) / count)] ?? []);
  }) as Float32Array[];

/** Our variants, and those of ONNX Runtime's tool where Python has it. */
async function makeVariants(stage: Stage, python: string | undefined): Promise<Variant[]> {
  const { card, graphPath, dir } = stage;
  const model = decodeModel(readFileSync(graphPath));
  const plan = planQuantisation(model, card.output.tensor);
  const windows = calibrationWindows(stage);
  async function* each(): AsyncGenerator<Float32Array> {
    yield* windows;
  }
  const path = join(dir, 'observed.onnx');
  const options = { model, plan, input: card.input.tensor, threads: availableParallelism(), path };
  const { histograms } = await observeValues(each(), options);
  const variants: Variant[] = [];
  const kinds: [Clipping, 7 | 8][] = [
    ['mse', 8],
    ['max', 8],
    ['percentile', 8],
    ['mse', 7],
  ];
  for (const [clipping, weightBits] of kinds) {
    const ranges = new Map(
      [...histograms].map(([name, histogram]) => {
        const bounds = plan.values.get(name)?.bounds ?? { low: 0, high: 0 };
        return [name, chooseRange(histogram, bounds, clipping)];
      }),
    );
    const path = join(dir, `${clipping}-${weightBits}.onnx`);
    await writeModel(path, quantiseGraph(model, { plan, ranges, weightBits }));
    variants.push({ name: `ours, ${clipping}, ${weightBits}-bit weights`, path });
  }
  if (!python) return variants;
  const [windowFile, nodeFile] = [join(dir, 'windows.f32'), join(dir, 'nodes.json')];
  writeFileSync(windowFile, Buffer.concat(windows.map((window) => new Uint8Array(window.slice().buffer))));
  const nodes = [...plan.layers.keys(), ...plan.carriers].map(({ name }) => name);
  writeFileSync(nodeFile, JSON.stringify(nodes));
  const args = [REFERENCE, graphPath, windowFile, String(card.input.windowSamples), nodeFile, dir];
  execFileSync(python, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  return [
    ...variants,
    { name: "ONNX Runtime's tool, QDQ form", path: join(dir, 'qdq.onnx') },
    { name: "ONNX Runtime's tool, QOperator form", path: join(dir, 'qoperator.onnx') },
  ];
}

async function embedAll(clips: readonly Clip[], narrow: string, stage: Stage): Promise<JudgedRecording[]> {
  const { card, graphPath } = stage;
  const threads = availableParallelism();
  const embedder = await createPairedEmbedder({ truth: graphPath, narrow }, { card, threads });
  const judged: JudgedRecording[] = [];
  for (const { windows, label } of clips) judged.push({ ...(await embedder.embed(windows)), label });
  await embedder.release();
  return judged;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

function variantRow({ name, path }: Variant, recordings: readonly JudgedRecording[], { card }: Stage): string {
  const verdict = judge(recordings, { similarity: card.similarity, threads: availableParallelism() });
  const { cosine, recallAt10, labels, speed } = verdict;
  const cells = [
    name,
    ...[cosine?.mean, cosine?.p5, cosine?.min].map((value) => value?.toFixed(4) ?? ''),
    recallAt10?.toFixed(3) ?? '',
    labels ? signed(labels.change.knn1) : '',
    labels ? signed(labels.change.map) : '',
    `${speed?.fp32Ms.toFixed(1)} → ${speed?.int8Ms.toFixed(1)}`,
    speed?.timesFp32.toFixed(2) ?? '',
    median(recordings.slice(1).map(({ truthCpuMs, narrowCpuMs }) => truthCpuMs / narrowCpuMs)).toFixed(2),
    (statSync(path).size / 1e6).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

async function measure(stage: Stage, title: string, python: string | undefined): Promise<Variant[]> {
  const { card, graphPath, calibration, judged } = stage;
  const windows = calibrationWindows(stage).length;
  console.log(
    `${title}: calibrated on ${calibration.length} recordings (${windows} windows), judged on ${judged.length} others; fp32 ${(statSync(graphPath).size / 1e6).toFixed(1)} MB, windows of ${(card.input.windowSamples / card.input.sampleRateHz).toFixed(2)} s\n`,
  );
  const variants = await makeVariants(stage, python);
  console.log(
    '| variant | cosine: mean | p5 | min | recall@10 | kNN-1 | mAP | fp32 → int8, ms a window | × fp32 | in processor time | MB |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const variant of variants) console.log(variantRow(variant, await embedAll(judged, variant.path, stage), stage));
  console.log('');
  return variants;
}

/** Leave one fold out over the whole set; labels played no part in calibrating. */
async function compareFolds(stage: Stage, { path, name }: Variant): Promise<void> {
  const clips = [...stage.calibration, ...stage.judged];
  const recordings = await embedAll(clips, path, stage);
  const row = (title: string, side: 'truth' | 'narrow'): string =>
    retrievalRow(
      title,
      labelRetrieval(clips.map(({ label, group }, i) => ({ label, group, vector: recordings[i]?.[side] ?? [] }))),
    );
  console.log(`All ${clips.length} clips, leave one fold out:\n`);
  const head = ['| vector | kNN-1 | kNN-5 | P@10 | mAP |', '|---|---|---|---|---|'];
  console.log([...head, row('yamnet-1, fp32', 'truth'), row(name, 'narrow'), ''].join('\n'));
}

async function measureYamnet(dir: string, python: string | undefined): Promise<void> {
  const options = { path: WEIGHTS, modelsDir: dir, acceptUnverified: false, onStep: () => undefined };
  const { card } = await importSpace(options, createYamnetReader(1));
  const space = loadSpaces(dir).get(card.id);
  if (!space) throw new Error(`${card.id} was added but is not in the registry`);
  const stage = { card, graphPath: space.graphPath, dir, ...split(await readClips(card, Number.POSITIVE_INFINITY)) };
  const [first] = await measure(stage, 'YAMNet with its real weights, ESC-10 folds 1–3', python);
  if (first) await compareFolds(stage, first);
}

/** Cnn14 at full size with seeded random weights: its speed is that of the real one, its vectors mean nothing. */
async function measureCnn14(dir: string, python: string | undefined): Promise<void> {
  const network = PANNS_NETWORKS['panns-cnn14'];
  if (!network) throw new Error('Cnn14 is not known');
  const origin = { file: 'seeded random numbers', bytes: 1, sha256: '0'.repeat(64), isPublished: false };
  const draft = pannsCard({ model: 'random-cnn14', version: 1, network, layout: CNN14, origin });
  const graphPath = join(dir, 'cnn14.onnx');
  const sha256 = await writeModel(
    graphPath,
    pannsGraph(randomPannsWeights(CNN14, 14), { id: draft.id, layout: CNN14 }),
  );
  const card: Card = { ...draft, graph: { file: basename(graphPath), sha256, precision: 'fp32' }, golden: [] };
  const stage = { card, graphPath, dir, ...split(await readClips(card, Number(values.clips))) };
  await measure(stage, "Cnn14's shape, random weights", python);
}

if (![WEIGHTS, ESC10_FOLDER].every(existsSync)) console.log(`skipped: no ${WEIGHTS} or no ${ESC10_FOLDER}`);
else {
  const python = findPython(['onnx', 'onnxruntime.quantization'], 'quantise');
  const load = (loadavg()[0] ?? 0).toFixed(1);
  console.log(`${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, load ${load} at the start\n`);
  for (const [name, run] of Object.entries({ yamnet: measureYamnet, cnn14: measureCnn14 })) {
    if (!values.networks.split(',').includes(name)) continue;
    const dir = mkdtempSync(join(tmpdir(), `earshot-quantise-${name}-`));
    try {
      await run(dir, python);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}
