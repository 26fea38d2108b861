// SPDX-License-Identifier: Apache-2.0

const FILTER = 7;
const HALF = (FILTER - 1) / 2;

export interface Frames {
  /** First frame. */
  readonly from: number;
  /** Frame after the last. */
  readonly to: number;
}

/** Median of the seven values from `at` on, sorted by insertion. */
function medianOfSeven(values: Float32Array, at: number, sorted: Float32Array): number {
  for (let n = 0; n < FILTER; n++) {
    const value = values[at + n] ?? 0;
    let place = n;
    for (; place > 0 && (sorted[place - 1] ?? 0) > value; place--) sorted[place] = sorted[place - 1] ?? 0;
    sorted[place] = value;
  }
  return sorted[HALF] ?? 0;
}

/** The first voiced frame in [from, to), or `to`. */
function startOfVoice(pitch: Float32Array, { from, to }: Frames): number {
  const end = Math.min(pitch.length, to);
  let first = Math.max(0, from);
  while (first < end && Number.isNaN(pitch[first])) first++;
  return first;
}

/** The frame after the last voiced one in [from, to), or `from`. */
export function endOfVoice(pitch: Float32Array, { from, to }: Frames): number {
  let end = Math.min(pitch.length, to);
  while (end > from && Number.isNaN(pitch[end - 1])) end--;
  return end;
}

/** Reads stretches of pitch tracks as lines without gaps. Memory grows to the longest stretch and is then kept. */
export function createPitchHolder(): {
  /**
   * From the first voiced frame on, pitch held through what is unvoiced, median of seven frames (the outermost repeated).
   * @param pitch MIDI semitones a frame, NaN where nothing is voiced
   * @param into as long as the stretch at least
   * @returns how many frames were written
   */
  hold(pitch: Float32Array, frames: Frames, into: Float32Array): number;
} {
  const sorted = new Float32Array(FILTER);
  let padded = new Float32Array(1024);

  function hold(pitch: Float32Array, { from, to }: Frames, into: Float32Array): number {
    const end = Math.min(pitch.length, to);
    const first = startOfVoice(pitch, { from, to });
    const count = end - first;
    if (count <= 0) return 0;
    if (padded.length < count + 2 * HALF) padded = new Float32Array(2 * count + 2 * HALF);
    let recent = pitch[first] ?? 0;
    padded.fill(recent, 0, HALF);
    for (let i = 0; i < count; i++) {
      const value = pitch[first + i] ?? 0;
      if (!Number.isNaN(value)) recent = value;
      padded[HALF + i] = recent;
    }
    padded.fill(recent, HALF + count, count + 2 * HALF);
    for (let i = 0; i < count; i++) into[i] = medianOfSeven(padded, i, sorted);
    return count;
  }
  return { hold };
}
