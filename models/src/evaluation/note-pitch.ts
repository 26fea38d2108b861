// SPDX-License-Identifier: Apache-2.0
import type { MelodyNote } from './generated-melodies.ts';

/** Seconds between two values of a pitch track. */
export const PITCH_HOP_SECONDS = 0.032;

/**
 * Notes as a pitch track: MIDI semitones every 32 ms, NaN where nothing sounds. Where several sound, the highest is heard
 * as the tune. Sounding time before the first note counts.
 */
export function pitchTrackOfNotes(notes: readonly MelodyNote[]): Float32Array {
  const end = notes.reduce((latest, { startSeconds, seconds }) => Math.max(latest, startSeconds + seconds), 0);
  const track = new Float32Array(Math.ceil(end / PITCH_HOP_SECONDS)).fill(Number.NaN);
  for (const { startSeconds, seconds, pitch } of notes) {
    const from = Math.ceil(startSeconds / PITCH_HOP_SECONDS);
    const to = Math.ceil((startSeconds + seconds) / PITCH_HOP_SECONDS);
    for (let frame = from; frame < to; frame++) if (!((track[frame] as number) > pitch)) track[frame] = pitch;
  }
  return track;
}
