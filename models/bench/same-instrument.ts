#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The same instrument in another piece: where spectral-1 ranks it among the 18 music-search tracks. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabelledVector, labelRanks } from '../src/evaluation/index.ts';
import { loadSpaces } from '../src/registry.ts';
import { decodeAudio, findFfmpeg } from './support/decode-audio.ts';
import { createEmbedder } from './support/embed-recording.ts';

const SPACE = 'spectral-1';
const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.EARSHOT_SHARED_DATA ?? join(repository, '../shared/data'), 'music-search');

/** `bella_ciao_piano-solo.mp3` → `piano-solo`. */
const instrumentOf = (file: string): string => file.replace(/\.mp3$/, '').replace(/^.*_/, '');

async function measure(): Promise<void> {
  const space = loadSpaces().get(SPACE);
  if (!space) throw new Error(`${SPACE} is not in the registry`);
  const ffmpeg = findFfmpeg(process.env);
  const embed = await createEmbedder(space);
  const items: LabelledVector[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.mp3'))) {
    const samples = await decodeAudio(ffmpeg, join(folder, file), space.card.input.sampleRateHz);
    items.push({ label: instrumentOf(file), group: file, vector: await embed(samples) });
  }
  const ranks = labelRanks(items).filter((rank) => rank !== undefined);
  const within = (limit: number): string => `${ranks.filter((rank) => rank <= limit).length} of ${ranks.length}`;
  console.log(
    [
      `${items.length} tracks; ${ranks.length} have a track with the same instrument in another piece.`,
      `By chance it comes first for ${(ranks.length / (items.length - 1)).toFixed(1)} of them. Fingerprint ${space.fingerprint}.`,
      '',
      '| vector | first | among the first three | among the first five |',
      '|---|---|---|---|',
      `| ${SPACE} | ${within(1)} | ${within(3)} | ${within(5)} |`,
    ].join('\n'),
  );
}

if (existsSync(folder)) await measure();
else console.log('skipped: the music-search tracks are not there (EARSHOT_SHARED_DATA/music-search)');
