// SPDX-License-Identifier: Apache-2.0
import { statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { writeModel } from '../build/onnx/write-model.ts';
import { type Card, cardSchema } from '../card.ts';
import { makeGoldenVectors } from '../importers/golden-vectors.ts';
import { openStage, type Stage } from '../importers/stage.ts';
import { fingerprintOf } from '../registry.ts';
import { type Clipping, chooseRange } from './calibrate/choose-range.ts';
import { type Calibration, observeValues } from './calibrate/observe-values.ts';
import { findVariant, nextVersion, recipeOf, reportPath, type Variant } from './find-variant.ts';
import { quantiseGraph } from './graph/quantise-graph.ts';
import { createPairedEmbedder } from './judge/embed-pair.ts';
import { type JudgedRecording, judge, type Verdict } from './judge/judge.ts';
import { type Original, openOriginal } from './open-original.ts';
import { QuantiseError } from './quantise-error.ts';
import type { QuantiseReport } from './quantise-report.ts';
import { chooseRecordings } from './recordings/choose-recordings.ts';
import { type RecordingQueue, takeUsable } from './recordings/recording-queue.ts';
import { createWindowSource } from './recordings/window-source.ts';

/** Of a larger collection this many files are looked at. */
const MAX_FILES = 1200;
/** A third of the recordings calibrates, and not more than this. */
const CALIBRATION_SHARE = 1 / 3;
const MAX_CALIBRATION = 128;
/** From each of them this many windows, evenly spread. */
const WINDOWS_EACH = 8;
const MAX_SECONDS = 60;
const CLIPPING: Clipping = 'mse';

export interface QuantiseOptions {
  readonly id: string;
  readonly modelsDir: string;
  /** Folder of recordings. */
  readonly calibrationDir: string;
  /** `windows-main.ts` of the inference service. */
  readonly windowProgram: string;
  readonly weightBits: 7 | 8;
  readonly threads: number;
  /** Whether the first folder of a recording's name is its label. */
  readonly areFoldersLabels: boolean;
  /** Whether the space is stored in spite of objections. */
  readonly acceptLoss: boolean;
  /** Told what is being done, for people. */
  readonly onStep: (text: string) => void;
}

export interface QuantisedSpace {
  readonly report: QuantiseReport;
  /** Of the space that is stored; undefined when it was refused. */
  readonly fingerprint: string | undefined;
  /** False when an earlier, equal run had made it. */
  readonly isNew: boolean;
}

function evenlySpread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)] as T);
}

interface Making {
  readonly options: QuantiseOptions;
  readonly original: Original;
  readonly queue: RecordingQueue;
  readonly recipe: string;
  readonly version: number;
  readonly stage: Stage;
}

interface Calibrated extends Calibration {
  readonly recordings: number;
}

async function calibrate({ queue, original, options, stage }: Making): Promise<Calibrated> {
  const quota = Math.max(1, Math.min(MAX_CALIBRATION, Math.floor(queue.waiting.length * CALIBRATION_SHARE)));
  options.onStep(`observing the graph on ${quota} recordings`);
  let recordings = 0;
  async function* windows(): AsyncGenerator<Float32Array> {
    while (recordings < quota) {
      const usable = await takeUsable(queue);
      if (!usable) return;
      recordings++;
      yield* evenlySpread(usable.windows, WINDOWS_EACH);
    }
  }
  const { model, plan, space } = original;
  const calibration = await observeValues(windows(), {
    ...{ model, plan, input: space.card.input.tensor },
    threads: options.threads,
    path: stage.path('observed.onnx'),
  });
  if (calibration.windows === 0) {
    const first = queue.skipped[0];
    const why = first
      ? `none of ${queue.skipped.length} files can be used (${first.name}: ${first.code})`
      : 'it is empty';
    throw new QuantiseError(
      'CALIBRATION_UNUSABLE',
      `${options.calibrationDir} holds no recordings to calibrate on: ${why}`,
    );
  }
  return { ...calibration, recordings };
}

async function judgeRest(
  queue: RecordingQueue,
  graphs: { truth: string; narrow: string },
  { space }: Original,
  options: QuantiseOptions,
): Promise<Verdict> {
  const { threads, areFoldersLabels, onStep } = options;
  const { card } = space;
  onStep(`comparing both graphs on the other ${queue.waiting.length} recordings`);
  const embedder = await createPairedEmbedder(graphs, { card, threads });
  const judged: JudgedRecording[] = [];
  try {
    for (let usable = await takeUsable(queue); usable; usable = await takeUsable(queue)) {
      const label = areFoldersLabels ? usable.recording.label : undefined;
      judged.push({ ...(await embedder.embed(usable.windows)), label });
    }
  } finally {
    await embedder.release();
  }
  return judge(judged, { similarity: card.similarity, threads });
}

/** Everything about the new space that is known before its graph is. */
function draftOf(
  { card, fingerprint }: Original['space'],
  version: number,
  made: Omit<NonNullable<Card['quantised']>, 'from' | 'fromFingerprint'>,
): Omit<Card, 'graph' | 'golden'> {
  const { graph: _graph, golden: _golden, ...rest } = card;
  return {
    ...rest,
    id: `${card.model}-${version}`,
    version,
    title: `${card.title}, 8 bits`,
    description: `${card.description} Computed in 8 bits: a static variant of ${card.id}.`,
    quantised: { from: card.id, fromFingerprint: fingerprint, ...made },
  };
}

async function make(making: Making): Promise<QuantisedSpace> {
  const { options, original, queue, recipe, version, stage } = making;
  const { model, plan, space, bytes } = original;
  const { weightBits, modelsDir, acceptLoss, onStep } = options;
  const calibration = await calibrate(making);
  const ranges = new Map(
    [...calibration.histograms].map(([name, histogram]) => {
      const bounds = plan.values.get(name)?.bounds;
      if (!bounds) throw new Error(`${name} is not planned`);
      return [name, chooseRange(histogram, bounds, CLIPPING)];
    }),
  );
  const { recordings, windows } = calibration;
  const draft = draftOf(space, version, { weightBits, recordings, windows, recipe });
  const [graphFile, cardFile] = [`${draft.id}.onnx`, `${draft.id}.json`];
  const path = stage.path(graphFile);
  const named = { ...model, name: draft.id, metadata: { ...model.metadata, quantised_from: space.card.graph.sha256 } };
  const sha256 = await writeModel(path, quantiseGraph(named, { plan, ranges, weightBits }));
  const judged = await judgeRest(queue, { truth: space.graphPath, narrow: path }, original, options);
  const report: QuantiseReport = {
    ...{ space: draft.id, from: space.card.id, weightBits, layers: plan.layers.size },
    ...{ calibration: { recordings, windows }, judged },
    bytes: { fp32: bytes, int8: statSync(path).size },
    skipped: queue.skipped,
  };
  if (judged.objections.length > 0 && !acceptLoss) return { report, fingerprint: undefined, isNew: false };
  onStep('running the golden signals');
  const golden = await makeGoldenVectors(path, draft, 'int8');
  const card = cardSchema.parse({ ...draft, graph: { file: graphFile, sha256, precision: 'int8' }, golden });
  const reportFile = basename(reportPath(modelsDir, draft.id));
  writeFileSync(stage.path(reportFile), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(stage.path(cardFile), `${JSON.stringify(card, null, 2)}\n`);
  stage.publish([graphFile, reportFile, cardFile]);
  return { report, fingerprint: fingerprintOf(card), isNew: true };
}

const earlierResult = ({ space, report }: Variant): QuantisedSpace => ({
  report: report as QuantiseReport,
  fingerprint: space.fingerprint,
  isNew: false,
});

/**
 * Makes the static 8-bit variant of a space, calibrated on a part of the operator's recordings and judged on the rest.
 * A second run with the same recordings and settings finds everything done.
 * @returns without a fingerprint when the judgement speaks against it; then nothing is stored
 * @throws QuantiseError naming space, graph or folder
 */
export async function quantiseSpace(options: QuantiseOptions): Promise<QuantisedSpace> {
  const { id, modelsDir, calibrationDir, windowProgram, weightBits, areFoldersLabels, onStep } = options;
  const original = openOriginal(id, modelsDir);
  onStep(`reading ${calibrationDir}`);
  const waiting = await chooseRecordings(calibrationDir, MAX_FILES);
  const recipe = recipeOf({ recordings: waiting, weightBits, labelled: areFoldersLabels });
  const variant = findVariant(original.space, recipe, modelsDir);
  if (variant?.report !== undefined) return earlierResult(variant);
  const version = variant?.space.card.version ?? nextVersion(original.space, modelsDir);
  const { input } = original.space.card;
  const source = createWindowSource({ program: windowProgram, input, maxSeconds: MAX_SECONDS });
  const stage = openStage(modelsDir);
  const discard = (): void => {
    stage.discard();
    source.close();
  };
  process.once('exit', discard);
  try {
    return await make({ options, original, queue: { waiting, skipped: [], source }, recipe, version, stage });
  } finally {
    discard();
    process.off('exit', discard);
  }
}
