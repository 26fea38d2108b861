// SPDX-License-Identifier: Apache-2.0

/** What a threshold on the confidence of the best answer does: less counts as a weak match. */
export interface WeakMatchPoint {
  readonly threshold: number;
  /** Share of the queries whose song is there, 0…1: false flags. */
  readonly presentFlagged: number;
  /** Share of the queries whose song is absent, 0…1. */
  readonly absentFlagged: number;
}

export interface WeakMatchSweep {
  /** From the lowest threshold to the highest, at most 101 points. */
  readonly points: readonly WeakMatchPoint[];
  /** The highest threshold with at most 10 % false flags. */
  readonly chosen: WeakMatchPoint;
}

const MOST_FALSE_FLAGS = 0.1;
const STEPS = 100;

/** How many of the sorted values are below. */
function countBelow(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Thresholds at the percentiles of all confidences, and what each would flag.
 * @param present confidences of the best answer where the right song is in the collection; at least one
 * @param absent where it is not; at least one
 */
export function sweepWeakMatches(present: readonly number[], absent: readonly number[]): WeakMatchSweep {
  const [there, gone] = [present, absent].map((values) => Float64Array.from(values).sort()) as [
    Float64Array,
    Float64Array,
  ];
  const all = Float64Array.from([...present, ...absent]).sort();
  const thresholds = new Set(
    Array.from({ length: STEPS + 1 }, (_, i) => all[Math.round((i / STEPS) * (all.length - 1))] as number),
  );
  const at = (threshold: number): WeakMatchPoint => ({
    threshold,
    presentFlagged: countBelow(there, threshold) / there.length,
    absentFlagged: countBelow(gone, threshold) / gone.length,
  });
  return {
    points: [...thresholds].sort((a, b) => a - b).map(at),
    // As a threshold the confidence of a query flags those below it and no other: so many lie below this one.
    chosen: at(there[Math.floor(MOST_FALSE_FLAGS * there.length)] as number),
  };
}
