// SPDX-License-Identifier: Apache-2.0
import type { TimeSpan } from '../search-hit.ts';
import type { JoinedMelody, MelodyPlace } from './join-versions.ts';
import { type AlignableQuery, type Alignment, createMelodyAligner, prepareQuery } from './melody-aligner.ts';

/** Songs that are compared note by note. */
export const RERANKED_SONGS = 50;
/** Fitted on made-up hums, half of them by unsteady singers: models/training/melody/fit_rank.py. */
export const WEIGHTS = {
  /** What a cosine of 1 is worth in semitones of distance. */
  similarity: 1.83,
  /** How much of the distance is that part by part; the rest is that of the whole. */
  parts: 0.73,
  /** Semitones that a tempo e times faster or slower than the song's is held against it. */
  tempo: 0.19,
} as const;
/** Places in a song that the query is aligned at. */
const MOST_PLACES = 3;
/** Starts nearer to each other than this are one. */
const SAME_START_MS = 200;

/** What was sung, played or whistled. */
export interface MelodyQuery {
  /** MIDI semitones a frame, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
  readonly hopMs: number;
  /** Where in the track each version of the query lies. */
  readonly versions: readonly TimeSpan[];
}

/** Pitch track of an indexed song. */
export interface MelodyTrack {
  /** MIDI semitones a frame, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
  readonly hopMs: number;
}

export interface RankedMelody extends JoinedMelody {
  /** How the query lies over the song, mean over the parts of a query; null when they were not compared. */
  readonly alignment: Alignment | null;
  /** Semitones apart after alignment, 0…4: of the whole and of its parts together; null when they were not compared. */
  readonly distance: number | null;
  /** Similarity, distance and tempo weighed: what the list is ordered by. */
  readonly score: number;
}

const distanceOf = ({ whole, parts }: Alignment): number => WEIGHTS.parts * parts + (1 - WEIGHTS.parts) * whole;
const scoreOf = (similarity: number, alignment: Alignment): number =>
  WEIGHTS.similarity * similarity - distanceOf(alignment) - WEIGHTS.tempo * alignment.tempo;

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const meanAlignment = (found: readonly Alignment[]): Alignment => ({
  whole: meanOf(found.map(({ whole }) => whole)),
  parts: meanOf(found.map(({ parts }) => parts)),
  tempo: meanOf(found.map(({ tempo }) => tempo)),
});

/** Versions of a query that begin at one place: the longest of them stands for all. */
function stretchesOf({ pitch, hopMs, versions }: MelodyQuery): (version: number) => AlignableQuery | undefined {
  const longest = new Map<number, number>();
  for (const { start_ms, end_ms } of versions) longest.set(start_ms, Math.max(end_ms, longest.get(start_ms) ?? 0));
  const prepared = new Map<number, AlignableQuery | undefined>();
  for (const [start, end] of longest) {
    const stretch = { pitch, from: Math.round(start / hopMs), to: Math.round(end / hopMs) };
    prepared.set(start, prepareQuery(stretch));
  }
  return (version) => prepared.get(versions[version]?.start_ms ?? Number.NaN);
}

/** The first few places that differ in where query or song begin. */
function choosePlaces(places: readonly MelodyPlace[], { versions }: MelodyQuery): MelodyPlace[] {
  const chosen: MelodyPlace[] = [];
  const startOf = ({ version }: MelodyPlace): number => versions[version]?.start_ms ?? 0;
  for (const place of places) {
    if (chosen.length === MOST_PLACES) break;
    const isNear = (other: MelodyPlace): boolean =>
      startOf(other) === startOf(place) && Math.abs(other.span.start_ms - place.span.start_ms) < SAME_START_MS;
    if (!chosen.some(isNear)) chosen.push(place);
  }
  return chosen;
}

/**
 * Orders songs by how well the query can be laid over their pitch tracks, the first 50 as weighed together with the mean
 * cosine, then the others as they were. The query is aligned at the three best of each song's places, whose ends do not
 * matter; parts of the query that begin elsewhere are averaged. A song without a track counts as those compared do on
 * average.
 * @param joined as `joinVersions` gives them
 * @param tracks by song id
 */
export function rerankMelodies(
  query: MelodyQuery,
  joined: readonly JoinedMelody[],
  tracks: ReadonlyMap<string, MelodyTrack>,
): RankedMelody[] {
  const stretchOf = stretchesOf(query);
  const { align } = createMelodyAligner();

  function alignmentWith({ id, places }: JoinedMelody): Alignment | null {
    const track = tracks.get(id);
    if (!track) return null;
    const starts = new Map<AlignableQuery, number[]>();
    for (const { version, span } of choosePlaces(places, query)) {
      const stretch = stretchOf(version);
      if (stretch) starts.set(stretch, [...(starts.get(stretch) ?? []), Math.round(span.start_ms / track.hopMs)]);
    }
    const found = [...starts].flatMap(([stretch, frames]) => align(stretch, track.pitch, frames) ?? []);
    return found.length === 0 ? null : meanAlignment(found);
  }

  const compared = joined.slice(0, RERANKED_SONGS).map((song) => ({ ...song, alignment: alignmentWith(song) }));
  const usual = meanAlignment(compared.flatMap(({ alignment }) => alignment ?? []));
  const ranked = compared
    .map((song) => ({
      ...song,
      distance: song.alignment && distanceOf(song.alignment),
      score: scoreOf(song.similarity, song.alignment ?? usual),
    }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  const floor = ranked.at(-1)?.score ?? 0;
  const others = joined.slice(RERANKED_SONGS).map((song) => ({
    ...song,
    alignment: null,
    distance: null,
    score: Math.min(floor, scoreOf(song.similarity, usual)),
  }));
  return [...ranked, ...others];
}
