// SPDX-License-Identifier: Apache-2.0

/** Value below which `share` of them lie, nearest rank; NaN of none. */
export function percentile(values: Float32Array, share: number): number {
  const ascending = values.toSorted();
  return ascending[Math.round(share * (ascending.length - 1))] ?? Number.NaN;
}

/** 10th to 90th percentile of what is voiced, semitones; 0 of nothing. */
export function rangeOf(voiced: Float32Array): number {
  return voiced.length === 0 ? 0 : percentile(voiced, 0.9) - percentile(voiced, 0.1);
}

/**
 * Share of the steps from one voiced frame to the next that are leaps.
 * @param pitch MIDI semitones a frame, NaN where nothing is voiced
 */
export function leapShareOf(pitch: Float32Array, leastSemitones: number): number {
  let [steps, leaps] = [0, 0];
  for (let frame = 1; frame < pitch.length; frame++) {
    const step = Math.abs((pitch[frame] as number) - (pitch[frame - 1] as number));
    if (Number.isNaN(step)) continue;
    steps += 1;
    if (step >= leastSemitones) leaps += 1;
  }
  return steps === 0 ? 0 : leaps / steps;
}

/** Share of the voiced frames whose five around, all voiced, lie within so many semitones. */
export function stableShareOf(
  pitch: Float32Array,
  { voicedCount, range }: { voicedCount: number; range: number },
): number {
  let stable = 0;
  for (let frame = 2; frame < pitch.length - 2; frame++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = frame - 2; at <= frame + 2; at++) {
      // NaN where nothing is voiced, and so is the range then.
      low = Math.min(low, pitch[at] as number);
      high = Math.max(high, pitch[at] as number);
    }
    if (high - low <= range) stable += 1;
  }
  return voicedCount === 0 ? 0 : stable / voicedCount;
}
