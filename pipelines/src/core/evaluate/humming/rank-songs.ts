// SPDX-License-Identifier: Apache-2.0
import { joinVersions, type RankedMelody, rerankMelodies, type VersionHit } from '@earshot/mappings/search';
import {
  bestCosine,
  type HummedMelody,
  type PoolSong,
  type Scope,
  windowCosines,
  windowsFromStart,
} from './song-pool.ts';

/** Songs that the rerank gets places of: it looks at 50. */
const PLACED = 64;
/** Places that a version is found at in each of them, as the index gives them. */
const PLACES_A_VERSION = 3;
const HOP_MS = 32;

/** What a hum finds. */
export interface FoundSongs {
  /** Ids by one vector of the whole hum, the best first. */
  readonly single: readonly string[];
  /** Ids by all versions of the hum. */
  readonly versions: readonly string[];
  /** By versions, the best 50 then by how the hum can be laid over their pitch. @param absent song that counts as not there */
  rerank(absent?: string): readonly RankedMelody[];
}

/** The windows of a song that come closest to a version of the hum. */
function placesIn(song: PoolSong, vector: Float32Array, count: number): VersionHit['spans'] {
  const cosines = windowCosines(song, vector, count);
  const rows = [...cosines.keys()].sort((a, b) => (cosines[b] as number) - (cosines[a] as number));
  return rows.slice(0, PLACES_A_VERSION).flatMap((row) => song.windows[row] ?? []);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Indices of the largest values, largest first. */
const largest = (values: readonly number[]): number[] =>
  [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));

const isSame = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i]);

/**
 * Searches songs for hums as the index does, but by exact cosine over all of their windows.
 * @param songs with at least one window each
 */
export function createSongSearch(songs: readonly PoolSong[], scope: Scope): (hum: HummedMelody) => FoundSongs {
  const counts = songs.map(({ windows }) => (scope === 'start' ? windowsFromStart(windows) : windows.length));
  const tracks = new Map(songs.map(({ id, pitch }) => [id, { pitch, hopMs: HOP_MS }]));
  const cosinesOf = (vector: Float32Array): number[] =>
    songs.map((song, i) => bestCosine(song, vector, counts[i] as number));

  return ({ pitch, versions, whole }) => {
    const cosines = versions.map(({ vector }) => cosinesOf(vector));
    const same = versions.findIndex(({ vector }) => isSame(vector, whole));
    const ofWhole = cosines[same] ?? cosinesOf(whole);
    const placed = new Set(largest(songs.map((_, i) => sum(cosines.map((one) => one[i] as number)))).slice(0, PLACED));
    const lists = versions.map(({ vector }, version) =>
      songs.map(
        (song, i): VersionHit => ({
          id: song.id,
          cosine: cosines[version]?.[i] as number,
          spans: placed.has(i) ? placesIn(song, vector, counts[i] as number) : [],
        }),
      ),
    );
    const joined = joinVersions(lists);
    const query = { pitch, hopMs: HOP_MS, versions };
    return {
      single: largest(ofWhole).flatMap((i) => songs[i]?.id ?? []),
      versions: joined.map(({ id }) => id),
      rerank: (absent) => {
        const there = absent === undefined ? joined : joined.filter(({ id }) => id !== absent);
        return rerankMelodies(query, there, tracks);
      },
    };
  };
}
