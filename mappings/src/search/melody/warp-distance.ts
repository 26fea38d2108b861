// SPDX-License-Identifier: Apache-2.0

/** How far, in points, the two melodies may run apart. */
const BAND = 10;
const WIDTH = 2 * BAND + 1;
/** What a query point costs that takes none or two of the target's points. */
const STEP_COST = 1.5;
/** Semitones beyond which a wrong pitch is no more wrong. */
export const MOST_SEMITONES = 4;

export interface WarpQuery {
  /** Semitones around the query's own middle, one a point. */
  readonly points: Float32Array;
  /** How much each point counts. */
  readonly weights: Float32Array;
  readonly totalWeight: number;
}

/** Scratch memory of `warpDistance`: costs by how far the target runs ahead, a wall at both ends. */
export const createWarpRow = (): Float64Array => new Float64Array(WIDTH + 2);

/** Costs before the first point: the target stands at −1, not ahead, or anywhere within the band. */
function begin(row: Float64Array, beginsAnywhere: boolean): void {
  row.fill(Number.POSITIVE_INFINITY);
  if (beginsAnywhere) row.fill(0, 1, WIDTH + 1);
  else row[BAND + 1] = 0;
}

/**
 * Dynamic time warping of equally long melodies in which each query point takes 0, 1 or 2 target points.
 * @param target semitones around its own middle, as many points as the query
 * @param shift semitones added to the target
 * @param row from `createWarpRow`; overwritten
 * @returns weighted mean of semitones apart, 0…4
 */
export function warpDistance(
  query: WarpQuery,
  target: Float32Array,
  { shift, row, beginsAnywhere = false }: WarpOptions,
): number {
  const { points, weights, totalWeight } = query;
  const count = points.length;
  // row[o + 1]: least cost when the target is o − BAND points ahead.
  begin(row, beginsAnywhere);
  for (let i = 0; i < count; i++) {
    const sought = (points[i] ?? 0) - shift;
    const weight = weights[i] ?? 0;
    let behind = Number.POSITIVE_INFINITY;
    for (let o = 1; o <= WIDTH; o++) {
      const stay = row[o] ?? 0;
      const at = i + o - 1 - BAND;
      const stepped = Math.min(behind, row[o + 1] ?? 0) + STEP_COST;
      behind = stay;
      if (at < 0 || at >= count) row[o] = Number.POSITIVE_INFINITY;
      else {
        const apart = Math.min(MOST_SEMITONES, Math.abs(sought - (target[at] ?? 0)));
        row[o] = Math.min(stay, stepped) + weight * apart;
      }
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (let o = 1; o <= WIDTH; o++) least = Math.min(least, row[o] ?? least);
  return Math.min(MOST_SEMITONES, least / totalWeight);
}

interface WarpOptions {
  readonly shift: number;
  readonly row: Float64Array;
  /** Whether the query may begin up to ten points before or behind the target. */
  readonly beginsAnywhere?: boolean;
}
