#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * `melody-weights HUMS OUT [space]`: what the rerank compares, of made-up hums (models/training/melody/hums_to_rank.py):
 * each looks for its melody among those of all others and 2,000 more. OUT gets a JSON line for each whose song is among
 * the first 50, from which models/training/melody/fit_rank.py fits the weights of rerank-melodies.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { startInferenceService } from '@earshot/e2e/support';
import { type RankedMelody, RERANKED_SONGS } from '@earshot/mappings/search';
import { generateMelodies, type MelodyNote, pitchTrackOfNotes } from '@earshot/models/evaluation';
import { loadSpaces } from '@earshot/models/registry';
import { createHttpContourEncoder } from '../src/adapters/http-contour-encoder.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { askWithPitch, indexPitch } from '../src/core/evaluate/humming/contour-vectors.ts';
import { createSongSearch } from '../src/core/evaluate/humming/rank-songs.ts';
import type { PoolSong } from '../src/core/evaluate/humming/song-pool.ts';

const [file, out, space = 'melody-1'] = process.argv.slice(2);
const DISTRACTORS = 2000;
const SEED = 41;

/** The songs compared with a hum: similarity, distance of the whole, of the parts, and tempo. */
interface Choice {
  readonly options: readonly (readonly number[])[];
  /** Number of its own song. */
  readonly chosen: number;
}

interface HumLine {
  readonly pitch: readonly (number | null)[];
  readonly notes: readonly (readonly [pitch: number, start: number, end: number])[];
}

const melodyOf = ({ notes }: HumLine): MelodyNote[] =>
  notes.map(([pitch, start, end]) => ({ pitch, startSeconds: start, seconds: end - start }));

/** Undefined where the song is not among those compared: then nothing can be learned. */
function choiceOf(ranked: readonly RankedMelody[], song: string): Choice | undefined {
  const compared = ranked.slice(0, RERANKED_SONGS).filter(({ alignment }) => alignment !== null);
  const chosen = compared.findIndex(({ id }) => id === song);
  if (chosen < 0) return undefined;
  const options = compared.map(({ similarity, alignment }) => [
    similarity,
    alignment?.whole ?? 0,
    alignment?.parts ?? 0,
    alignment?.tempo ?? 0,
  ]);
  return { options, chosen };
}

async function main(path: string, to: string): Promise<void> {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const hums = lines.map((line) => JSON.parse(line) as HumLine);
  const service = await startInferenceService({ env: { EARSHOT_CACHE_BYTES: '0' } });
  try {
    const known = loadSpaces(loadConfig({}, {}).config.modelsDir).get(space);
    const melody = known?.card.melody;
    if (!known || !melody) throw new Error(`${space} is no melody space`);
    const encoder = createHttpContourEncoder({ url: service.url, timeoutMs: 60_000, ...known });
    const encoding = { encoder, card: melody, signal: new AbortController().signal };
    const songs: PoolSong[] = [];
    const melodies = [...hums.map(melodyOf), ...generateMelodies(DISTRACTORS, SEED)];
    const given = melodies.map((notes, i) => ({ id: `song ${i}`, pitch: pitchTrackOfNotes(notes) }));
    for await (const song of indexPitch(given, ['start'], encoding)) if (song.windows.length > 0) songs.push(song);
    const asked = await askWithPitch(
      hums.map(({ pitch }, i) => ({ id: `hum ${i}`, pitch: Float32Array.from(pitch, (value) => value ?? Number.NaN) })),
      encoding,
    );
    const search = createSongSearch(songs, 'start');
    const places: number[] = [];
    const choices = asked.flatMap((hum, i) => {
      const ranked = hum ? search(hum).rerank() : [];
      places.push(ranked.findIndex(({ id }) => id === `song ${i}`));
      return choiceOf(ranked, `song ${i}`) ?? [];
    });
    const first = places.filter((place) => place === 0).length / places.length;
    writeFileSync(to, choices.map((choice) => `${JSON.stringify(choice)}\n`).join(''));
    console.log(
      `${hums.length} hums among ${songs.length} songs: ${first.toFixed(3)} come first with the present weights,`,
    );
    console.log(`${choices.length} have their song among the first ${RERANKED_SONGS} and are in ${to}.`);
  } finally {
    await service.stop();
  }
}

if (file && out) await main(file, out);
else console.log('usage: npm run bench -- melody-weights HUMS OUT [space]');
