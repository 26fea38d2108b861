#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Imported YAMNet beside TensorFlow Lite's interpreter: scores, classes and retrieval on ESC-10 folds 1–3. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labelRetrieval } from '../src/evaluation/index.ts';
import { importSpace } from '../src/importers/import-space.ts';
import { createYamnetReader } from '../src/importers/yamnet/yamnet-reader.ts';
import { InferenceSession, Tensor } from '../src/onnx-runtime.ts';
import { loadSpaces, type Space } from '../src/registry.ts';
import { decodeAudio, findFfmpeg } from './support/decode-audio.ts';
import { copyWindow, pool, windowStarts } from './support/embed-recording.ts';
import { ESC10_FOLDER, type Esc10Clip, listEsc10Clips, retrievalRow, SHARED_DATA } from './support/esc10-clips.ts';
import { findPython } from './support/find-python.ts';

const MODEL = join(SHARED_DATA, 'weights/yamnet/yamnet_classification.tflite');
const REFERENCE = fileURLToPath(new URL('./python/yamnet_reference.py', import.meta.url));
/** Distance of the fifth class from the sixth that 8 bits cannot blur: ten steps of the interpreter's scores. */
const CLEAR = 10 / 256;

/** What one network says about each patch of a clip. */
interface ClipAnswers {
  readonly embeddings: Float32Array[];
  readonly scores: Float32Array[];
}

async function runGraph({ card, graphPath }: Space, clips: readonly Float32Array[][]): Promise<ClipAnswers[]> {
  const session = await InferenceSession.create(graphPath);
  const answers: ClipAnswers[] = [];
  for (const patches of clips) {
    const [embeddings, scores]: Float32Array[][] = [[], []];
    for (const patch of patches) {
      const answer = await session.run({ [card.input.tensor]: new Tensor('float32', patch, [1, patch.length]) });
      embeddings?.push(answer.embedding?.data as Float32Array);
      scores?.push(answer.scores?.data as Float32Array);
    }
    answers.push({ embeddings: embeddings ?? [], scores: scores ?? [] });
  }
  return answers;
}

function runInterpreter(python: string, clips: readonly Float32Array[][], dims: number, dir: string): ClipAnswers[] {
  const [patchFile, answerFile] = [join(dir, 'patches.f32'), join(dir, 'answers.f32')];
  const patches = clips.flat();
  writeFileSync(
    patchFile,
    Buffer.concat(patches.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))),
  );
  execFileSync(python, [REFERENCE, MODEL, patchFile, answerFile], { stdio: ['ignore', 'ignore', 'ignore'] });
  const bytes = readFileSync(answerFile);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const width = values.length / patches.length;
  let next = 0;
  return clips.map((clip) => {
    const rows = clip.map(() => values.subarray(next * width, ++next * width));
    return { embeddings: rows.map((row) => row.subarray(0, dims)), scores: rows.map((row) => row.subarray(dims)) };
  });
}

const firstFive = (scores: ArrayLike<number>): { classes: string; gap: number } => {
  const order = Array.from(scores, (score, i) => ({ score, i })).sort((a, b) => b.score - a.score);
  const classes = order.slice(0, 5).map(({ i }) => i);
  return { classes: classes.sort((a, b) => a - b).join(), gap: (order[4]?.score ?? 0) - (order[5]?.score ?? 0) };
};

function describeScores(ours: readonly ClipAnswers[], theirs: readonly ClipAnswers[]): string {
  const differences = ours.flatMap(({ scores }, c) =>
    scores.flatMap((row, p) => [...row].map((score, i) => Math.abs(score - (theirs[c]?.scores[p]?.[i] ?? Number.NaN)))),
  );
  differences.sort((a, b) => a - b);
  const at = (share: number): string =>
    (differences[Math.floor(share * (differences.length - 1))] ?? Number.NaN).toFixed(4);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const pairs = ours.map(({ scores }, c) => [
    firstFive(pool(scores, 'mean')),
    firstFive(pool(theirs[c]?.scores ?? [], 'mean')),
  ]);
  const clear = pairs.filter(([, t]) => (t?.gap ?? 0) > CLEAR);
  const equal = (list: typeof pairs): string =>
    `${list.filter(([o, t]) => o?.classes === t?.classes).length} of ${list.length}`;
  return [
    `Scores of ${ours.flatMap(({ scores }) => scores).length} patches: mean difference ${mean.toFixed(5)}, 99 % below ${at(0.99)}, 99.99 % below ${at(0.9999)}, largest ${at(1)} (a step of the interpreter's scores is ${(1 / 256).toFixed(4)}).`,
    `The same five classes first (mean over a clip's patches): ${equal(pairs)} clips, ${equal(clear)} clear ones (fifth and sixth more than ${CLEAR.toFixed(3)} apart).`,
  ].join('\n');
}

function retrieval(name: string, clips: readonly Esc10Clip[], answers: readonly ClipAnswers[]): string[] {
  return (['mean', 'max'] as const).map((pooling) => {
    const vectors = answers.map(({ embeddings }) => pool(embeddings, pooling));
    return retrievalRow(
      `${name}, ${pooling}`,
      labelRetrieval(clips.map(({ label, group }, i) => ({ label, group, vector: vectors[i] ?? [] }))),
    );
  });
}

async function measure(python: string, dir: string): Promise<void> {
  const options = { path: MODEL, modelsDir: dir, acceptUnverified: false, onStep: () => undefined };
  const { card } = await importSpace(options, createYamnetReader(1));
  const space = loadSpaces(dir).get(card.id);
  if (!space) throw new Error(`${card.id} was added but is not in the registry`);
  const ffmpeg = findFfmpeg(process.env);
  const clips = listEsc10Clips();
  const patches: Float32Array[][] = [];
  for (const { path } of clips) {
    const samples = await decodeAudio(ffmpeg, path, card.input.sampleRateHz);
    patches.push(windowStarts(samples.length, card.input).map((start) => copyWindow(samples, start, card.input)));
  }
  const ours = await runGraph(space, patches);
  const theirs = runInterpreter(python, patches, card.dims, dir);
  console.log(`${describeScores(ours, theirs)}\n`);
  const head = ['| vector | kNN-1 | kNN-5 | P@10 | mAP |', '|---|---|---|---|---|'];
  console.log(
    [...head, ...retrieval('yamnet-1', clips, ours), ...retrieval('interpreter, 8 bits', clips, theirs)].join('\n'),
  );
}

const python = findPython(['ai_edge_litert', 'numpy'], 'yamnet');
if (![MODEL, ESC10_FOLDER].every(existsSync)) console.log(`skipped: no ${MODEL} or no ${ESC10_FOLDER}`);
else if (python) {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-yamnet-'));
  try {
    await measure(python, dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
