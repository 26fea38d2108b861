// SPDX-License-Identifier: Apache-2.0
import type { MelodyFrames } from './melody-frames.ts';
import { THRESHOLDS } from './thresholds.ts';

/** A single voice, or the loudest line of a mix. */
export type MelodySource = 'monophonic' | 'dominant';

/** Which frames are above the threshold together with enough of the five around them. */
function voicedFrames(strength: Float32Array, threshold: number): Uint8Array {
  const isAbove = strength.map((value) => (value > threshold ? 1 : 0));
  return Uint8Array.from(isAbove, (above, frame) => {
    let near = 0;
    for (let at = frame - 2; at <= frame + 2; at++) near += isAbove[at] ?? 0;
    return above === 1 && near >= THRESHOLDS.voicedNeighbours ? 1 : 0;
  });
}

function sorted(values: Iterable<number>): Float32Array {
  return Float32Array.from(values).sort();
}

/** Nearest rank; NaN of nothing. */
function percentile(ascending: Float32Array, share: number): number {
  return ascending[Math.round(share * (ascending.length - 1))] ?? Number.NaN;
}

/** A single voice explains most of what sounds by itself; where it does not, several sound together. */
function chooseSource({ count, level, salience }: MelodyFrames, voiced: Uint8Array): MelodySource {
  const floor = percentile(sorted(level), 0.95) - THRESHOLDS.soundingDb;
  let sounding = 0;
  const explained: number[] = [];
  for (let frame = 0; frame < count; frame++) {
    if ((level[frame] ?? 0) < floor) continue;
    sounding += 1;
    if (voiced[frame]) explained.push(salience[frame] ?? 0);
  }
  const isVoice = explained.length >= THRESHOLDS.singleVoiceShare * sounding;
  return isVoice && percentile(sorted(explained), 0.5) >= THRESHOLDS.singleVoiceSalience ? 'monophonic' : 'dominant';
}

export interface PitchTrack {
  readonly source: MelodySource;
  /** One a frame, MIDI semitones; NaN where nothing is voiced. */
  readonly pitch: Float32Array;
}

/**
 * Frames → one line of pitch.
 * @param wanted default: what the recording itself says
 */
export function pitchTrackOf(frames: MelodyFrames, wanted?: MelodySource): PitchTrack {
  const voice = voicedFrames(frames.voiced, THRESHOLDS.voiced);
  const source = wanted ?? chooseSource(frames, voice);
  const isVoice = source === 'monophonic';
  const voiced = isVoice ? voice : voicedFrames(frames.lineStrength, THRESHOLDS.lineStrength);
  const pitch = isVoice ? frames.pitch : frames.linePitch;
  return { source, pitch: pitch.map((value, frame) => (voiced[frame] ? value : Number.NaN)) };
}

/** [first, one past the last) voiced frame; undefined without any. */
export function voicedPart(pitch: Float32Array): readonly [number, number] | undefined {
  const isVoiced = (value: number): boolean => !Number.isNaN(value);
  const first = pitch.findIndex(isVoiced);
  return first < 0 ? undefined : [first, pitch.findLastIndex(isVoiced) + 1];
}
