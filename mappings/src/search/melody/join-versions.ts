// SPDX-License-Identifier: Apache-2.0
import type { TimeSpan } from '../search-hit.ts';

/** A song in the list of one query version. */
export interface VersionHit {
  readonly id: string;
  /** Of the version and the best of the song's windows. */
  readonly cosine: number;
  /** The song's windows that come closest, the best first; none where unknown. */
  readonly spans: readonly TimeSpan[];
}

/** A place where a version of the query was found in a song. */
export interface MelodyPlace {
  /** Number of the query version. */
  readonly version: number;
  readonly cosine: number;
  readonly span: TimeSpan;
}

/** A song as all versions of a query found it. */
export interface JoinedMelody {
  readonly id: string;
  /** Mean over all versions of the best cosine. */
  readonly similarity: number;
  /** The best of each version, then their next ones; each kind by cosine. */
  readonly places: readonly MelodyPlace[];
}

interface Gathered {
  readonly cosines: Map<number, number>;
  readonly places: { readonly place: MelodyPlace; readonly depth: number }[];
}

function gather(lists: readonly (readonly VersionHit[])[]): ReadonlyMap<string, Gathered> {
  const gathered = new Map<string, Gathered>();
  for (const [version, hits] of lists.entries()) {
    for (const { id, cosine, spans } of hits) {
      const song: Gathered = gathered.get(id) ?? { cosines: new Map(), places: [] };
      gathered.set(id, song);
      song.cosines.set(version, cosine);
      for (const [depth, span] of spans.entries()) song.places.push({ place: { version, cosine, span }, depth });
    }
  }
  return gathered;
}

const placesOf = (song: Gathered | undefined): MelodyPlace[] =>
  (song?.places ?? [])
    .toSorted((a, b) => a.depth - b.depth || b.place.cosine - a.place.cosine || a.place.version - b.place.version)
    .map(({ place }) => place);

/** Versions of a query that are looked for in each song, at most. */
const MOST_LOCATED = 4;

/**
 * Which versions stand for the query when it is looked for in each song: the longest of those that begin at one place,
 * and of many places a few, spread over it.
 * @returns positions in `versions`
 */
export function locatingVersions(versions: readonly TimeSpan[]): number[] {
  const longest = new Map<number, number>();
  for (const [i, { start_ms, end_ms }] of versions.entries()) {
    const known = versions[longest.get(start_ms) ?? -1];
    if (!known || end_ms > known.end_ms) longest.set(start_ms, i);
  }
  const all = [...longest.values()];
  if (all.length <= MOST_LOCATED) return all;
  const step = (all.length - 1) / (MOST_LOCATED - 1);
  return Array.from({ length: MOST_LOCATED }, (_, n) => all[Math.round(n * step)] ?? 0);
}

/** The places of each song in lists that were asked afterwards, of some versions and for these songs only. */
export function placeMelodies(
  joined: readonly JoinedMelody[],
  located: ReadonlyMap<number, readonly VersionHit[]>,
): JoinedMelody[] {
  const lists: (readonly VersionHit[])[] = [];
  for (const [version, hits] of located) lists[version] = hits;
  const gathered = gather(Array.from(lists, (hits) => hits ?? []));
  return joined.map((song) => ({ ...song, places: placesOf(gathered.get(song.id)) }));
}

/**
 * One list out of those of the query's versions, the best first: per song the mean over versions of the best cosine.
 * A song that a list does not hold gets that list's lowest cosine there. Ties by id.
 * @param lists one a version, each song at most once
 */
export function joinVersions(lists: readonly (readonly VersionHit[])[]): JoinedMelody[] {
  const used = lists.map((hits, version) => ({ hits, version })).filter(({ hits }) => hits.length > 0);
  const lowest = used.map(({ hits, version }) => ({
    version,
    cosine: hits.reduce((least, hit) => Math.min(least, hit.cosine), 1),
  }));
  return [...gather(lists)]
    .map(([id, song]) => ({
      id,
      similarity:
        lowest.reduce((sum, { version, cosine }) => sum + (song.cosines.get(version) ?? cosine), 0) / lowest.length,
      places: placesOf(song),
    }))
    .sort((a, b) => b.similarity - a.similarity || (a.id < b.id ? -1 : 1));
}
