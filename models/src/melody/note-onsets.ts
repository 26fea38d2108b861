// SPDX-License-Identifier: Apache-2.0
import { THRESHOLDS } from './thresholds.ts';

/** How fast the pitch of a note follows its frames: vibrato goes by on both sides of it. */
const FOLLOW = 0.2;

/** The frame where a note begins, and its pitch. */
export interface NoteOnset {
  readonly frame: number;
  /** The middle of its first frames, MIDI semitones. */
  readonly pitch: number;
}

/** The middle of the first frames where they hold together; undefined where they do not. */
function heldPitch(pitch: Float32Array, frame: number): number | undefined {
  const { noteFrames, noteRange } = THRESHOLDS;
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let at = frame; at < frame + noteFrames; at++) {
    // NaN where nothing is voiced, and everything with it.
    const value = pitch[at] ?? Number.NaN;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return high - low <= noteRange ? (sum - low - high) / (noteFrames - 2) : undefined;
}

/**
 * Where notes begin: the first voiced frame, voicing after a gap, and wherever the pitch has moved to one that holds.
 * @param pitch MIDI semitones a frame, NaN where nothing is voiced
 */
export function noteOnsets(pitch: Float32Array): NoteOnset[] {
  const { noteGapFrames, noteStep } = THRESHOLDS;
  const onsets: NoteOnset[] = [];
  let lastVoiced = Number.NEGATIVE_INFINITY;
  /** Of the note that sounds. */
  let current = Number.NaN;
  for (const [frame, value] of pitch.entries()) {
    if (Number.isNaN(value)) continue;
    const held = heldPitch(pitch, frame);
    const isAfterGap = frame - lastVoiced > noteGapFrames;
    const hasMoved = held !== undefined && !(Math.abs(held - current) < noteStep);
    if (isAfterGap || hasMoved) {
      current = held ?? value;
      onsets.push({ frame, pitch: current });
    } else if (Math.abs(value - current) < noteStep) current += FOLLOW * (value - current);
    lastVoiced = frame;
  }
  return onsets;
}
