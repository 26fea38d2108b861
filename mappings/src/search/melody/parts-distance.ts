// SPDX-License-Identifier: Apache-2.0
import { middleValue } from './middle-value.ts';
import { type WarpQuery, warpDistance } from './warp-distance.ts';

/** Stretches of a query that may each be in a key of their own. */
const PARTS = 4;
/** Semitones that are tried beside the middle of how far a part lies from the target. */
const SHIFTS = [-0.5, 0, 0.5] as const;

/** A query cut into equal parts; no copies. */
export function partsOf({ points, weights }: WarpQuery): readonly WarpQuery[] {
  const length = Math.floor(points.length / PARTS);
  return Array.from({ length: PARTS }, (_, part) => {
    const own = weights.subarray(part * length, (part + 1) * length);
    return {
      points: points.subarray(part * length, (part + 1) * length),
      weights: own,
      totalWeight: own.reduce((sum, weight) => sum + weight, 0),
    };
  });
}

/**
 * Who loses the key or the beat still sings each phrase right: every part is warped by itself, in the key that suits it
 * and from wherever it begins nearby.
 * @param parts of the query, as `partsOf` gives them
 * @param target semitones, as many points as all parts together
 * @param row from `createWarpRow`; overwritten
 * @returns weighted mean of semitones apart, 0…4
 */
export function partsDistance(parts: readonly WarpQuery[], target: Float32Array, row: Float64Array): number {
  let from = 0;
  let sum = 0;
  let total = 0;
  for (const part of parts) {
    const own = target.subarray(from, from + part.points.length);
    from += part.points.length;
    const middle = middleValue(part.points.map((semitones, i) => semitones - (own[i] ?? 0)));
    let least = Number.POSITIVE_INFINITY;
    for (const shift of SHIFTS)
      least = Math.min(least, warpDistance(part, own, { shift: middle + shift, row, beginsAnywhere: true }));
    sum += least * part.totalWeight;
    total += part.totalWeight;
  }
  return sum / total;
}
