#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `melody-tracks [space]`: the 18 music-search tracks, same tune by timbre, by melody, by harmony and by both, and what the hum finds. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { markdownTable, REPOSITORY_ROOT, startInferenceService } from '@earshot/e2e/support';
import { fuseByRank } from '@earshot/mappings/search';
import { createHttpEmbedder } from '../src/adapters/http-embedder.ts';
import { hear, hummedMelodyOf, isUnreadable, songOf } from '../src/core/evaluate/humming/melody-ears.ts';
import { createSongSearch } from '../src/core/evaluate/humming/rank-songs.ts';
import type { HummedMelody, PoolSong } from '../src/core/evaluate/humming/song-pool.ts';
import type { EmbeddedRecording, Embedder } from '../src/ports/embedder.ts';

const TIMBRE = 'spectral-1';
const HARMONY = 'chroma-1';
const space = process.argv[2] ?? 'melody-1';
const folder = join(process.env.EARSHOT_SHARED_DATA ?? join(REPOSITORY_ROOT, '../shared/data'), 'music-search');
const HUM = 'bella_ciao_humming.mp3';
const SHOWN = 5;
const NO_HIT = { score: 0, similarity: 0, title: '', uri: '', labels: {}, tags: {}, segment: null };

interface Track {
  readonly file: string;
  readonly tune: string;
  readonly timbre: Float32Array;
  readonly harmony: Float32Array;
  readonly song: PoolSong;
  readonly melody: HummedMelody | undefined;
}

const tuneOf = (file: string): string => (file.startsWith('mozart') ? 'Mozart 25' : 'Bella Ciao');

async function readTrack(embedder: Embedder, file: string): Promise<Track> {
  const bytes = readFileSync(join(folder, file));
  const recording = { open: () => Readable.from([bytes]), length: bytes.length };
  const { signal } = new AbortController();
  const heard = async (id: string, inputType: 'ingest' | 'search'): Promise<EmbeddedRecording> => {
    const outcome = await hear({ embedder, space: id, signal }, file, { recording, inputType });
    if (isUnreadable(outcome)) throw new Error(`${file}: ${outcome.code}: ${outcome.reason}`);
    return outcome;
  };
  return {
    file,
    tune: tuneOf(file),
    timbre: (await heard(TIMBRE, 'ingest')).embedding ?? new Float32Array(),
    harmony: (await heard(HARMONY, 'ingest')).embedding ?? new Float32Array(),
    song: songOf(file, await heard(space, 'ingest')),
    melody: hummedMelodyOf(await heard(space, 'search')),
  };
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));

type Ranking = (query: Track, others: readonly Track[]) => readonly string[];

const byVector =
  (vectorOf: (track: Track) => Float32Array): Ranking =>
  (query, others) =>
    others
      .map((track) => ({ file: track.file, likeness: cosine(vectorOf(query), vectorOf(track)) }))
      .sort((a, b) => b.likeness - a.likeness)
      .map(({ file }) => file);
const byTimbre = byVector(({ timbre }) => timbre);
const byHarmony = byVector(({ harmony }) => harmony);

/** Lists joined as `--fuse` joins them. */
const fused =
  (...rankings: readonly Ranking[]): Ranking =>
  (query, others) => {
    const lists = rankings.map((rank, list) => ({
      space: String(list),
      hits: rank(query, others).map((id, i) => ({ ...NO_HIT, id, rank: i + 1 })),
    }));
    return fuseByRank(lists, others.length).map(({ id }) => id);
  };

/** What has no melody comes last, in the order of names; a query without one finds nothing in particular. */
function byMelody(pick: 'single' | 'versions' | 'reranked'): Ranking {
  return (query, others) => {
    const names = others.map(({ file }) => file);
    if (!query.melody) return names;
    const songs = others.map(({ song }) => song).filter(({ windows }) => windows.length > 0);
    const found = createSongSearch(songs, 'anywhere')(query.melody);
    const ids = pick === 'reranked' ? found.rerank().map(({ id }) => id) : found[pick];
    return [...ids, ...names.filter((name) => !ids.includes(name))];
  };
}

function averagePrecision(isSame: readonly boolean[]): number {
  let [right, sum] = [0, 0];
  for (const [i, same] of isSame.entries()) if (same) sum += ++right / (i + 1);
  return sum / right;
}

/** Of a random order of `n` with `relevant` right ones. */
function chance(n: number, relevant: number): number {
  const harmonic = Array.from({ length: n }, (_, k) => 1 / (k + 1)).reduce((sum, term) => sum + term, 0);
  return (harmonic + ((relevant - 1) / (n - 1)) * (n - harmonic)) / n;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function measure(
  tracks: readonly Track[],
  rank: Ranking,
): { readonly map: string; readonly first: string; readonly hum: string } {
  const scores = tracks.map((query) => {
    const others = tracks.filter((track) => track !== query);
    return {
      query,
      names: rank(query, others),
      isSame: rank(query, others).map((name) => tuneOf(name) === query.tune),
    };
  });
  const hum = scores.find(({ query }) => query.file === HUM);
  return {
    map: mean(scores.map(({ isSame }) => averagePrecision(isSame))).toFixed(3),
    first: mean(scores.map(({ isSame }) => Number(isSame[0]))).toFixed(3),
    hum: (hum?.names ?? [])
      .slice(0, SHOWN)
      .map((name) =>
        name
          .replace(/\.mp3$/, '')
          .replace(/^bella_ciao_/, 'B: ')
          .replace(/^mozart_symphony25_/, 'M: '),
      )
      .join(', '),
  };
}

async function main(): Promise<void> {
  const service = await startInferenceService();
  try {
    const embedder = createHttpEmbedder({ url: service.url });
    const tracks: Track[] = [];
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.mp3')))
      tracks.push(await readTrack(embedder, file));
    const info = await embedder.info();
    const silent = tracks.filter(({ melody }) => !melody).map(({ file }) => file);
    const byChance = mean(
      tracks.map((track) => chance(tracks.length - 1, tracks.filter(({ tune }) => tune === track.tune).length - 1)),
    );
    const rows = (
      [
        [`${TIMBRE}: timbre`, byTimbre],
        [`${space}: one vector`, byMelody('single')],
        [`${space}: query versions`, byMelody('versions')],
        [`${space}: reranked`, byMelody('reranked')],
        [`${HARMONY}: harmony`, byHarmony],
        [`${space} reranked and ${HARMONY}`, fused(byMelody('reranked'), byHarmony)],
      ] as const
    ).map(([name, rank]) => {
      const { map, first, hum } = measure(tracks, rank);
      return [name, map, first, hum];
    });
    const fingerprint = info.spaces.find(({ id }) => id === space)?.fingerprint;
    console.log(
      [
        `${tracks.length} tracks, each asks for the others with its tune; ${space} ${fingerprint}.`,
        `Without a melody as a query: ${silent.join(', ') || 'none'}. Pitch of ${tracks.filter(({ song }) => song.windows.length > 0).length} tracks is indexed.`,
        '',
        markdownTable(
          ['ranked by', 'same-melody mAP', 'R@1', `first ${SHOWN} of the hum (B: Bella Ciao, M: Mozart)`],
          [...rows, ['by chance', byChance.toFixed(3), '', '']],
        ),
      ].join('\n'),
    );
  } finally {
    await service.stop();
  }
}

if (existsSync(folder)) await main();
else console.log('skipped: the music-search tracks are not there (EARSHOT_SHARED_DATA/music-search)');
