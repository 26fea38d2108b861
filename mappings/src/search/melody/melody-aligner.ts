// SPDX-License-Identifier: Apache-2.0
import { createPitchHolder, endOfVoice, type Frames } from './held-pitch.ts';
import { middleValue } from './middle-value.ts';
import { partsDistance, partsOf } from './parts-distance.ts';
import { resampleInto } from './resample.ts';
import { createWarpRow, MOST_SEMITONES, type WarpQuery, warpDistance } from './warp-distance.ts';

/** Points that melodies are warped at, and that durations are chosen at. */
const POINTS = 96;
const COARSE_POINTS = 48;
/** The song's stretch is tried from this share of the query's length to that, in equal ratios. */
const DURATIONS = 64;
const SHORTEST = 0.35;
const LONGEST = 2.4;
/** Frames below which a stretch has no melody: 0.64 s. */
const LEAST_FRAMES = 20;
/** Stretches that are warped, of those that fit best without. */
const WARPED = 6;
/** Of those, the nearest are compared part by part as well. */
const COMPARED_BY_PARTS = 3;
/** Semitones by which the middle of a hum may lie beside that of its song. */
const SHIFT = 0.5;
const SHIFTS = [-SHIFT, 0, SHIFT] as const;
/** Voiced frames count 1 more than this: a pitch that is only held still counts a little. */
const LEAST_WEIGHT = 0.05;

/** A stretch of the query, prepared once and compared with many songs. */
export interface AlignableQuery {
  /** Frames of the stretch. */
  readonly frames: number;
  readonly fine: WarpQuery;
  readonly parts: readonly WarpQuery[];
  readonly coarse: WarpQuery;
}

/** How a query lies over a song at its best. */
export interface Alignment {
  /** Semitones apart in one key all along (weighted mean, 0…4). */
  readonly whole: number;
  /** Semitones apart when each quarter has a key and a beginning of its own (weighted mean, 0…4). */
  readonly parts: number;
  /** |ln| of how many times faster or slower than the song. */
  readonly tempo: number;
}

interface QueryStretch extends Frames {
  /** MIDI semitones a frame, NaN where nothing is voiced. */
  readonly pitch: Float32Array;
}

/** Cuts melodies to a number of points around their own middle (median). */
function createCutter(points: number): (into: Float32Array, held: Float32Array, frames: number) => void {
  const scratch = new Float32Array(points);
  return (into, held, frames) => {
    resampleInto(into, held, frames);
    scratch.set(into);
    const middle = middleValue(scratch);
    for (let i = 0; i < points; i++) into[i] = (into[i] ?? 0) - middle;
  };
}

function queryPoints(held: Float32Array, voiced: Float32Array, count: number): WarpQuery {
  const points = new Float32Array(count);
  createCutter(count)(points, held, held.length);
  const weights = new Float32Array(count);
  resampleInto(weights, voiced, voiced.length);
  for (let i = 0; i < count; i++) weights[i] = (weights[i] ?? 0) + LEAST_WEIGHT;
  return { points, weights, totalWeight: weights.reduce((sum, weight) => sum + weight, 0) };
}

/** The query's side of an alignment; undefined where too little of it is voiced. */
export function prepareQuery({ pitch, from, to }: QueryStretch): AlignableQuery | undefined {
  const end = endOfVoice(pitch, { from, to });
  const held = new Float32Array(Math.max(0, end - from));
  const frames = createPitchHolder().hold(pitch, { from, to: end }, held);
  if (frames < LEAST_FRAMES) return undefined;
  const voiced = pitch.slice(end - frames, end).map((semitones) => (Number.isNaN(semitones) ? 0 : 1));
  const whole = held.subarray(0, frames);
  const fine = queryPoints(whole, voiced, POINTS);
  return { frames, fine, parts: partsOf(fine), coarse: queryPoints(whole, voiced, COARSE_POINTS) };
}

/**
 * Weighted mean of min(semitones apart, 4) without warping, for each shift; all in one pass, and without branches.
 * @param into one number a shift
 */
function plainDistances({ points, weights, totalWeight }: WarpQuery, target: Float32Array, into: Float64Array): void {
  let lower = 0;
  let level = 0;
  let higher = 0;
  for (let i = 0; i < points.length; i++) {
    const apart = (points[i] ?? 0) - (target[i] ?? 0);
    const weight = weights[i] ?? 0;
    lower += weight * Math.min(MOST_SEMITONES, Math.abs(apart + SHIFT));
    level += weight * Math.min(MOST_SEMITONES, Math.abs(apart));
    higher += weight * Math.min(MOST_SEMITONES, Math.abs(apart - SHIFT));
  }
  into[0] = lower / totalWeight;
  into[1] = level / totalWeight;
  into[2] = higher / totalWeight;
}

interface Offer {
  readonly start: number;
  readonly frames: number;
  readonly shift: number;
}

/** The stretches of a song that fit best without warping; memory is allocated once. */
function createShortlist() {
  const distances = new Float64Array(WARPED);
  const starts = new Int32Array(WARPED);
  const frames = new Int32Array(WARPED);
  const shifts = new Float64Array(WARPED);
  const columns = [distances, starts, frames, shifts];
  const list = {
    length: 0,
    starts,
    frames,
    shifts,
    clear(): void {
      list.length = 0;
      distances.fill(Number.POSITIVE_INFINITY);
    },
    offer(distance: number, offer: Offer): void {
      let place = WARPED;
      while (place > 0 && distance < (distances[place - 1] ?? 0)) place--;
      if (place === WARPED) return;
      for (const column of columns) column.copyWithin(place + 1, place, WARPED - 1);
      distances[place] = distance;
      starts[place] = offer.start;
      frames[place] = offer.frames;
      shifts[place] = offer.shift;
      list.length = Math.min(WARPED, list.length + 1);
    },
  };
  return list;
}

/**
 * Compares a query with songs: linear scaling over 64 durations from each start chooses six stretches, and those are
 * warped. Memory is allocated once, so that thousands of comparisons make no garbage.
 */
export function createMelodyAligner(): {
  /** The best alignment with the song from one of the frames `starts` on; undefined where too little melody is left there. */
  align(query: AlignableQuery, song: Float32Array, starts: readonly number[]): Alignment | undefined;
} {
  const { hold } = createPitchHolder();
  const cutFine = createCutter(POINTS);
  const cutCoarse = createCutter(COARSE_POINTS);
  const fine = new Float32Array(POINTS);
  const coarse = new Float32Array(COARSE_POINTS);
  const row = createWarpRow();
  const shortlist = createShortlist();
  const distances = new Float64Array(SHIFTS.length);
  /** One a start. */
  const lines: Float32Array[] = [];

  function lineOf(start: number, length: number): Float32Array {
    const known = lines[start];
    const line = known && known.length >= length ? known : new Float32Array(length);
    lines[start] = line;
    return line;
  }

  function scale({ frames, coarse: query }: AlignableQuery, start: number, length: number): void {
    const line = lineOf(start, length);
    for (let n = 0; n < DURATIONS; n++) {
      const wanted = Math.round(frames * SHORTEST * (LONGEST / SHORTEST) ** (n / (DURATIONS - 1)));
      const cut = Math.min(wanted, length);
      if (cut < LEAST_FRAMES) continue;
      cutCoarse(coarse, line, cut);
      plainDistances(query, coarse, distances);
      for (const [i, shift] of SHIFTS.entries()) shortlist.offer(distances[i] ?? 0, { start, frames: cut, shift });
      // The last one may be cut by the melody's end.
      if (wanted >= length) return;
    }
  }

  const cutListed = (i: number): void => cutFine(fine, lineOf(shortlist.starts[i] ?? 0, 0), shortlist.frames[i] ?? 0);

  function warpShortlist({ frames, fine: query, parts }: AlignableQuery): Alignment | undefined {
    const whole = Array.from({ length: shortlist.length }, (_, i) => {
      cutListed(i);
      return warpDistance(query, fine, { shift: shortlist.shifts[i] ?? 0, row });
    });
    const nearest = [...whole.keys()].sort((a, b) => (whole[a] ?? 0) - (whole[b] ?? 0)).slice(0, COMPARED_BY_PARTS);
    const [best] = nearest;
    if (best === undefined) return undefined;
    const byParts = nearest.map((i) => {
      cutListed(i);
      return partsDistance(parts, fine, row);
    });
    return {
      whole: whole[best] ?? 0,
      parts: Math.min(...byParts),
      tempo: Math.abs(Math.log((shortlist.frames[best] ?? 0) / frames)),
    };
  }

  return {
    align: (query, song, starts) => {
      const longest = Math.ceil(query.frames * LONGEST) + 1;
      const end = endOfVoice(song, { from: 0, to: song.length });
      shortlist.clear();
      for (const [n, from] of starts.entries())
        scale(query, n, hold(song, { from, to: Math.min(end, from + longest) }, lineOf(n, longest)));
      return warpShortlist(query);
    },
  };
}
