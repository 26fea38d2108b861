// SPDX-License-Identifier: Apache-2.0
import type { CardMelody } from '../card.ts';
import type { HeldPitch, Stretch } from './contour.ts';
import { noteOnsets } from './note-onsets.ts';
import { voicedPart } from './pitch-track.ts';
import { THRESHOLDS } from './thresholds.ts';

export interface FrameShape {
  /** Of the track, ms. */
  readonly hopMs: number;
}

/** Onsets at least a step apart, the first voiced frame always among them. */
function startsOf(pitch: Float32Array, leastFrames: number): number[] {
  const starts: number[] = [];
  for (const { frame } of noteOnsets(pitch)) {
    const last = starts.at(-1);
    if (last === undefined || frame - last >= leastFrames) starts.push(frame);
  }
  return starts;
}

/** The windows from one start; the last one may be cut by the melody's end. */
function windowsFrom(start: number, { end, lengths, held }: Plan): Stretch[] {
  const windows: Stretch[] = [];
  let before = -1;
  for (const length of lengths) {
    const to = Math.min(start + length, end);
    const part = to - start < THRESHOLDS.leastFrames ? null : held.cut({ from: start, to });
    // Two that end in the same rest have the same contour.
    if (part && part.to !== before) windows.push({ from: start, to });
    before = part?.to ?? before;
    if (to === end) break;
  }
  return windows;
}

interface Plan {
  /** One past the last voiced frame. */
  readonly end: number;
  /** Frames, ascending. */
  readonly lengths: readonly number[];
  readonly held: HeldPitch;
}

/** `count` of the entries, evenly spread, the first among them. */
function thinned<T>(entries: readonly T[], count: number): T[] {
  return entries.filter(
    (_, at) => Math.floor((at * count) / entries.length) !== Math.floor(((at - 1) * count) / entries.length),
  );
}

/**
 * The stretches of a recording that get a vector each: from every note on, of every duration.
 * @param pitch MIDI semitones a frame, NaN where nothing is voiced
 * @returns in order of their starts; at most `maxSegments`: of a longer melody fewer starts are taken, evenly spread
 */
export function indexWindows(
  pitch: Float32Array,
  held: HeldPitch,
  { durationsMs, startStepMs, maxSegments, hopMs }: CardMelody['index'] & FrameShape,
): Stretch[] {
  const end = voicedPart(pitch)?.[1] ?? 0;
  const lengths = durationsMs.map((ms) => Math.round(ms / hopMs)).toSorted((a, b) => a - b);
  const starts = startsOf(pitch, startStepMs / hopMs);
  const all = starts.map((start) => windowsFrom(start, { end, lengths, held })).filter(({ length }) => length > 0);
  let kept = all;
  for (let count = all.length; kept.flat().length > maxSegments && count > 1; ) {
    count = Math.min(count - 1, Math.floor((count * maxSegments) / kept.flat().length));
    kept = thinned(all, Math.max(1, count));
  }
  return kept.flat().slice(0, maxSegments);
}
