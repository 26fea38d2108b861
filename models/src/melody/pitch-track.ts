// SPDX-License-Identifier: Apache-2.0
import type { MelodyFrames } from './melody-frames.ts';
import { leapShareOf, percentile, rangeOf } from './pitch-statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/** A single voice, or the loudest line of a mix. */
export type MelodySource = 'monophonic' | 'dominant';

/** What a recording is heard for: to be found later, or to search with it. */
export type HearingPurpose = 'ingest' | 'search';

/** Which frames are above the threshold together with enough of the five around them. */
function voicedFrames(strength: Float32Array, threshold: number): Uint8Array {
  const isAbove = strength.map((value) => (value > threshold ? 1 : 0));
  return Uint8Array.from(isAbove, (above, frame) => {
    let near = 0;
    for (let at = frame - 2; at <= frame + 2; at++) near += isAbove[at] ?? 0;
    return above === 1 && near >= THRESHOLDS.voicedNeighbours ? 1 : 0;
  });
}

const where = (values: Float32Array, isWanted: (frame: number) => boolean): Float32Array =>
  values.filter((_, frame) => isWanted(frame));

/** Share of the voiced frames in which both trackers have the same pitch but for octaves. */
function agreementOf({ pitch, linePitch }: MelodyFrames, voiced: Uint8Array): number {
  const apart = where(
    pitch.map((value, frame) => Math.abs(value - (linePitch[frame] as number)) % 12),
    (frame) => voiced[frame] === 1,
  );
  const { semitones } = THRESHOLDS.noisyVoice;
  return apart.filter((value) => Math.min(value, 12 - value) < semitones).length / apart.length;
}

/** @param salience median over what the voice explains */
function isClearEnough(frames: MelodyFrames, voiced: Uint8Array, { salience, purpose }: Clarity): boolean {
  const { singleVoiceSalience, noisyVoice } = THRESHOLDS;
  if (salience >= singleVoiceSalience[purpose]) return true;
  return purpose === 'search' && salience >= noisyVoice.salience && agreementOf(frames, voiced) >= noisyVoice.agreement;
}

interface Clarity {
  readonly salience: number;
  readonly purpose: HearingPurpose;
}

/**
 * A single voice explains most of what sounds by itself, keeps within what a voice spans, and seldom leaps: where several
 * sound together the tracker leaps between melody and bass.
 */
function isSingleVoice(frames: MelodyFrames, voiced: Uint8Array, purpose: HearingPurpose): boolean {
  const { level, salience, pitch } = frames;
  const { soundingDb, singleVoiceShare, singleVoiceRange, singleVoiceLeaps, leap } = THRESHOLDS;
  const floor = percentile(level, 0.95) - soundingDb;
  const isSounding = (frame: number): boolean => (level[frame] as number) >= floor;
  const sounding = where(level, isSounding);
  const explained = where(salience, (frame) => voiced[frame] === 1 && isSounding(frame));
  if (explained.length < singleVoiceShare * sounding.length) return false;
  if (!isClearEnough(frames, voiced, { salience: percentile(explained, 0.5), purpose })) return false;
  const line = pitch.map((value, frame) => (voiced[frame] ? value : Number.NaN));
  if (rangeOf(where(pitch, (frame) => voiced[frame] === 1)) > singleVoiceRange[purpose]) return false;
  return leapShareOf(line, leap) <= singleVoiceLeaps;
}

export interface PitchTrack {
  readonly source: MelodySource;
  /** One a frame, MIDI semitones; NaN where nothing is voiced. */
  readonly pitch: Float32Array;
}

export interface HearingOptions {
  /** Default: ingest. */
  readonly purpose?: HearingPurpose | undefined;
  /** Default: what the recording itself says. */
  readonly source?: MelodySource | undefined;
}

/** Frames → one line of pitch. */
export function pitchTrackOf(
  frames: MelodyFrames,
  { purpose = 'ingest', source: wanted }: HearingOptions = {},
): PitchTrack {
  const voice = voicedFrames(frames.voiced, THRESHOLDS.voiced);
  const source = wanted ?? (isSingleVoice(frames, voice, purpose) ? 'monophonic' : 'dominant');
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
