// SPDX-License-Identifier: Apache-2.0
import type { MelodyFrames } from '../melody-frames.ts';

/** Notes as [MIDI pitch, frames]; a pitch of NaN is a rest. */
export type Notes = readonly (readonly [number, number])[];

export const trackOf = (notes: Notes): Float32Array =>
  Float32Array.from(notes.flatMap(([pitch, frames]) => Array.from({ length: frames }, () => pitch)));

/** Frames as the graph gives them for a clear single voice. */
export function framesOf(notes: Notes, overrides: Partial<MelodyFrames> = {}): MelodyFrames {
  const track = trackOf(notes);
  const of = (voiced: number, silent: number) => track.map((pitch) => (Number.isNaN(pitch) ? silent : voiced));
  return {
    count: track.length,
    pitch: track.map((pitch) => (Number.isNaN(pitch) ? 36 : pitch)),
    voiced: of(0.95, 0.05),
    salience: of(0.85, 0.2),
    linePitch: track.map((pitch) => (Number.isNaN(pitch) ? 48 : pitch)),
    lineStrength: of(0.8, 0.1),
    level: of(-20, -70),
    ...overrides,
  };
}

/** Eight notes of half a second, up and down. */
export const TUNE: Notes = [60, 62, 64, 65, 67, 65, 64, 60].map((pitch) => [pitch, 16] as const);
