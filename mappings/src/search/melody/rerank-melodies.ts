// SPDX-License-Identifier: Apache-2.0
import type { TimeSpan } from '../search-hit.ts';
import type { JoinedMelody, MelodyPlace } from './join-versions.ts';
import { type AlignableQuery, createMelodyAligner, prepareQuery } from './melody-aligner.ts';

/** Songs that are compared note by note. */
export const RERANKED_SONGS = 50;
/** What a cosine of 1 is worth in semitones of distance. */
const COSINE_WEIGHT = 6;
/** Places in a song that the query is aligned at. */
const MOST_PLACES = 3;
/** Starts nearer to each other than this are one. */
const SAME_START_MS = 200;

/** What was sung, played or whistled. */
export interface MelodyQuery {
  /** MIDI semitones a frame, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
  readonly hopMs: number;
  /** P(voiced) a frame, 0…1; where unknown, voiced frames count alike. */
  readonly voicing?: Float32Array | undefined;
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
  /** Semitones apart after alignment, 0…4; null when the song was not compared. */
  readonly distance: number | null;
  /** 6 × similarity − distance: what the list is ordered by. */
  readonly score: number;
}

/** Versions of a query that begin at one place: the longest of them stands for all. */
function stretchesOf({
  pitch,
  hopMs,
  voicing,
  versions,
}: MelodyQuery): (version: number) => AlignableQuery | undefined {
  const longest = new Map<number, number>();
  for (const { start_ms, end_ms } of versions) longest.set(start_ms, Math.max(end_ms, longest.get(start_ms) ?? 0));
  const prepared = new Map<number, AlignableQuery | undefined>();
  for (const [start, end] of longest) {
    const stretch = { pitch, voicing, from: Math.round(start / hopMs), to: Math.round(end / hopMs) };
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
 * Orders songs by how well the query can be laid over their pitch tracks: the first 50 by 6 × mean cosine − distance,
 * then the others as they were. The query is aligned at the three best of each song's places, whose ends do not
 * matter; parts of the query that begin elsewhere are averaged. A song without a track counts as far as those compared
 * are on average.
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

  function distanceTo({ id, places }: JoinedMelody): number | null {
    const track = tracks.get(id);
    if (!track) return null;
    const starts = new Map<AlignableQuery, number[]>();
    for (const { version, span } of choosePlaces(places, query)) {
      const stretch = stretchOf(version);
      if (stretch) starts.set(stretch, [...(starts.get(stretch) ?? []), Math.round(span.start_ms / track.hopMs)]);
    }
    const found = [...starts].flatMap(([stretch, frames]) => align(stretch, track.pitch, frames) ?? []);
    return found.length === 0 ? null : found.reduce((sum, distance) => sum + distance, 0) / found.length;
  }

  const compared = joined.slice(0, RERANKED_SONGS).map((song) => ({ ...song, distance: distanceTo(song) }));
  const known = compared.flatMap(({ distance }) => (distance === null ? [] : [distance]));
  const usual = known.length > 0 ? known.reduce((sum, distance) => sum + distance, 0) / known.length : 0;
  const scoreOf = (similarity: number, distance: number): number => COSINE_WEIGHT * similarity - distance;
  const ranked = compared
    .map((song) => ({ ...song, score: scoreOf(song.similarity, song.distance ?? usual) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  const floor = ranked.at(-1)?.score ?? 0;
  const others = joined.slice(RERANKED_SONGS).map((song) => ({
    ...song,
    distance: null,
    score: Math.min(floor, scoreOf(song.similarity, usual)),
  }));
  return [...ranked, ...others];
}
