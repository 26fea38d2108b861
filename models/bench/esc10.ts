#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Everyday sounds: kNN and mAP of spectral-1 on ESC-10 folds 1–3, beside the MFCC features of public notebooks. */
import { existsSync } from 'node:fs';
import { labelRetrieval, type QueryScore } from '../src/evaluation/index.ts';
import { loadSpaces } from '../src/registry.ts';
import { decodeAudio, findFfmpeg } from './support/decode-audio.ts';
import { createEmbedder } from './support/embed-recording.ts';
import { ESC10_FOLDER, listEsc10Clips, retrievalRow } from './support/esc10-clips.ts';
import { NOTEBOOK_SAMPLE_RATE_HZ, notebookFeatures, standardiseColumns } from './support/notebook-features.ts';

const SPACE = 'spectral-1';
async function measure(): Promise<void> {
  const space = loadSpaces().get(SPACE);
  if (!space) throw new Error(`${SPACE} is not in the registry`);
  const ffmpeg = findFfmpeg(process.env);
  const embed = await createEmbedder(space);
  const clips = listEsc10Clips();
  const shipped: Float64Array[] = [];
  const notebook: number[][] = [];
  for (const [i, { path }] of clips.entries()) {
    shipped.push(await embed(await decodeAudio(ffmpeg, path, space.card.input.sampleRateHz)));
    notebook.push(notebookFeatures(await decodeAudio(ffmpeg, path, NOTEBOOK_SAMPLE_RATE_HZ)));
    if (i % 24 === 23) process.stderr.write(`\r${i + 1}/${clips.length} clips`);
  }
  process.stderr.write('\n');
  const scored = (vectors: readonly ArrayLike<number>[]): QueryScore[] =>
    labelRetrieval(clips.map(({ label, group }, i) => ({ label, group, vector: vectors[i] ?? [] })));
  const lines = [
    `${clips.length} clips, leave one fold out (each query asks ${Math.round((clips.length * 2) / 3)} clips of the other folds), exact cosine; in brackets the 95 % bootstrap interval.`,
    `Graph ${space.card.graph.sha256.slice(0, 12)}, fingerprint ${space.fingerprint}.`,
    '',
    '| vector | kNN-1 | kNN-5 | P@10 | mAP |',
    '|---|---|---|---|---|',
    retrievalRow(`${SPACE} (constants from generated audio)`, scored(shipped)),
    retrievalRow('MFCC + chroma + contrast, z-scored on this gallery', scored(standardiseColumns(notebook))),
    retrievalRow('MFCC + chroma + contrast, raw', scored(notebook)),
  ];
  console.log(lines.join('\n'));
}

if (existsSync(ESC10_FOLDER)) await measure();
else console.log('skipped: ESC-10 is not there (EARSHOT_SHARED_DATA/esc-10, 10 folders of .ogg clips)');
