#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Everyday sounds: kNN and mAP of spectral-1 on ESC-10 folds 1–3, beside the MFCC features of public notebooks. */
import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrapInterval, labelRetrieval, meanScore, type QueryScore } from '../src/evaluation/index.ts';
import { loadSpaces } from '../src/registry.ts';
import { decodeAudio, findFfmpeg } from './support/decode-audio.ts';
import { createEmbedder } from './support/embed-recording.ts';
import { NOTEBOOK_SAMPLE_RATE_HZ, notebookFeatures, standardiseColumns } from './support/notebook-features.ts';

const SPACE = 'spectral-1';
const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.EARSHOT_SHARED_DATA ?? join(repository, '../shared/data'), 'esc-10');

interface Clip {
  readonly label: string;
  readonly group: string;
  readonly path: string;
}

/** Class from the folder, fold from the first character of the file name. */
function listClips(): Clip[] {
  return globSync('*/*.ogg', { cwd: folder })
    .sort()
    .map((path) => ({ label: dirname(path), group: basename(path).charAt(0), path: join(folder, path) }));
}

function row(name: string, scores: readonly QueryScore[]): string {
  const mean = meanScore(scores);
  const cell = (of: (score: QueryScore) => number): string => {
    const { low, high } = bootstrapInterval(scores.map(of));
    return `${of(mean).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
  };
  const rest = [mean.knn5, mean.precision10].map((value) => value.toFixed(3));
  return `| ${[name, cell((s) => s.knn1), ...rest, cell((s) => s.averagePrecision)].join(' | ')} |`;
}

async function measure(): Promise<void> {
  const space = loadSpaces().get(SPACE);
  if (!space) throw new Error(`${SPACE} is not in the registry`);
  const ffmpeg = findFfmpeg(process.env);
  const embed = await createEmbedder(space);
  const clips = listClips();
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
    row(`${SPACE} (constants from generated audio)`, scored(shipped)),
    row('MFCC + chroma + contrast, z-scored on this gallery', scored(standardiseColumns(notebook))),
    row('MFCC + chroma + contrast, raw', scored(notebook)),
  ];
  console.log(lines.join('\n'));
}

if (existsSync(folder)) await measure();
else console.log('skipped: ESC-10 is not there (EARSHOT_SHARED_DATA/esc-10, 10 folders of .ogg clips)');
