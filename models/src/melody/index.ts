// SPDX-License-Identifier: Apache-2.0
export { type HeldPitch, holdPitch, type Stretch } from './contour.ts';
export { contourOfBlock } from './contour-of-block.ts';
export { type HeardMelody, hearMelody, type MelodyMeasures } from './hear-melody.ts';
export { indexWindows } from './index-windows.ts';
export { createFrameJoiner, type FrameJoiner, frameHopMs, type MelodyFrames } from './melody-frames.ts';
export { type NoteOnset, noteOnsets } from './note-onsets.ts';
export { decodePitch, encodePitch } from './pitch-codec.ts';
export { type MelodySource, type PitchTrack, pitchTrackOf, voicedPart } from './pitch-track.ts';
export { queryVersions } from './query-versions.ts';
