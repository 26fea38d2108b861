// SPDX-License-Identifier: Apache-2.0
import { THRESHOLDS } from './thresholds.ts';

const FILTER_RADIUS = 3;
/** Semitones above and below the middle beyond which a pitch is taken for the tracker's mistake. */
const CLIP = 12;

/** A stretch of a pitch track. */
export interface Stretch {
  readonly from: number;
  /** One past the last frame. */
  readonly to: number;
}

/** A pitch track made ready for contours of many stretches of it: what they share is worked out once. */
export interface HeldPitch {
  readonly length: number;
  /**
   * Cut to the first … last voiced frame, gaps held, median filter 7 with its ends repeated, resampled at
   * (i+.5)·length/points-.5, less its median, clipped to ±12, less its mean.
   * @returns float32 [points], semitones; null with fewer than 10 voiced frames
   */
  contour(stretch: Stretch, points: number): Float32Array | null;
  /** The stretch cut to its first … last voiced frame; null with fewer than 10 voiced frames. */
  cut(stretch: Stretch): Stretch | null;
}

/** Middle of seven by insertion: no garbage, and this runs for every frame of every recording. */
function medianOfSeven(read: (offset: number) => number, ordered: Float32Array): number {
  for (let i = 0; i < ordered.length; i++) {
    const value = read(i - FILTER_RADIUS);
    let at = i;
    for (; at > 0 && (ordered[at - 1] as number) > value; at--) ordered[at] = ordered[at - 1] as number;
    ordered[at] = value;
  }
  return ordered[FILTER_RADIUS] as number;
}

/** The mean of the middle two of an even number. */
function medianOf(values: Float32Array): number {
  const ordered = values.slice().sort();
  const half = ordered.length >> 1;
  const upper = ordered[half] as number;
  return ordered.length % 2 === 1 ? upper : (upper + (ordered[half - 1] as number)) / 2;
}

function centre(contour: Float32Array): Float32Array {
  const middle = medianOf(contour);
  let sum = 0;
  for (const [at, value] of contour.entries()) {
    const clipped = Math.min(CLIP, Math.max(-CLIP, value - middle));
    contour[at] = clipped;
    sum += clipped;
  }
  const mean = sum / contour.length;
  return contour.map((value) => value - mean);
}

/** Frames of each voiced one before it, and of the first behind it. */
function hold(pitch: Float32Array): Float32Array {
  const held = pitch.slice();
  let last = pitch.find((value) => !Number.isNaN(value)) ?? Number.NaN;
  for (const [frame, value] of held.entries())
    if (Number.isNaN(value)) held[frame] = last;
    else last = value;
  return held;
}

/** @param pitch MIDI semitones a frame, NaN where nothing is voiced */
export function holdPitch(pitch: Float32Array): HeldPitch {
  const { length } = pitch;
  const held = hold(pitch);
  const buffer = new Float32Array(2 * FILTER_RADIUS + 1);
  const filteredAt = (frame: number, from: number, to: number): number =>
    medianOfSeven((offset) => held[Math.min(to - 1, Math.max(from, frame + offset))] as number, buffer);
  const filtered = held.map((_, frame) => filteredAt(frame, 0, length));
  /** Voiced frames before each; the next voiced frame from each on, and the last one up to each. */
  const before = new Uint32Array(length + 1);
  const next = new Int32Array(length + 1).fill(length);
  const previous = new Int32Array(length).fill(-1);
  for (let frame = 0; frame < length; frame++) {
    const isVoiced = !Number.isNaN(pitch[frame]);
    before[frame + 1] = (before[frame] as number) + (isVoiced ? 1 : 0);
    previous[frame] = isVoiced ? frame : (previous[frame - 1] ?? -1);
  }
  for (let frame = length - 1; frame >= 0; frame--)
    next[frame] = Number.isNaN(pitch[frame]) ? (next[frame + 1] as number) : frame;

  const cut = ({ from, to }: Stretch): Stretch | null => {
    const [start, end] = [Math.max(0, from), Math.min(length, to)];
    if (end <= start) return null;
    if ((before[end] as number) - (before[start] as number) < THRESHOLDS.leastVoicedFrames) return null;
    return { from: next[start] as number, to: (previous[end - 1] as number) + 1 };
  };

  /** The filter sees nothing outside the stretch: within its radius of an end it is worked out anew. */
  const smooth = (frame: number, { from, to }: Stretch): number =>
    frame - FILTER_RADIUS < from || frame + FILTER_RADIUS >= to
      ? filteredAt(frame, from, to)
      : (filtered[frame] as number);

  return {
    length,
    cut,
    contour: (stretch, points) => {
      const part = cut(stretch);
      if (!part) return null;
      const frames = part.to - part.from;
      const contour = new Float32Array(points);
      for (let point = 0; point < points; point++) {
        const place = Math.min(frames - 1, Math.max(0, ((point + 0.5) * frames) / points - 0.5));
        const left = Math.floor(place);
        const share = place - left;
        const low = smooth(part.from + left, part);
        contour[point] = share === 0 ? low : low + share * (smooth(part.from + left + 1, part) - low);
      }
      return centre(contour);
    },
  };
}
