// SPDX-License-Identifier: Apache-2.0
import type { MelodyFrames } from './melody-frames.ts';
import { noteOnsets } from './note-onsets.ts';
import { type MelodySource, type PitchTrack, pitchTrackOf, voicedPart } from './pitch-track.ts';
import { THRESHOLDS } from './thresholds.ts';

/** What was measured of a melody, or of what is none. */
export interface MelodyMeasures {
  readonly durationSeconds: number;
  /** Frames with a pitch, of all. */
  readonly voicedShare: number;
  readonly notes: number;
  /** 10th to 90th percentile of the pitch. */
  readonly rangeSemitones: number;
  /** Voiced frames in which the pitch stays where it is, of all voiced ones. */
  readonly stableShare: number;
}

export interface HeardMelody extends PitchTrack {
  readonly status: 'ready' | 'no_melody';
  readonly measures: MelodyMeasures;
  /** Why it is none; null when it is one. */
  readonly reason: string | null;
}

function rangeOf(voiced: Float32Array): number {
  const ordered = voiced.toSorted();
  const at = (share: number): number => ordered[Math.round(share * (ordered.length - 1))] ?? 0;
  return at(0.9) - at(0.1);
}

/** Share of the voiced frames whose five around lie close together. */
function stableShareOf(pitch: Float32Array, voicedCount: number): number {
  let stable = 0;
  for (let frame = 2; frame < pitch.length - 2; frame++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = frame - 2; at <= frame + 2; at++) {
      // NaN where nothing is voiced, and so is the range then.
      low = Math.min(low, pitch[at] as number);
      high = Math.max(high, pitch[at] as number);
    }
    if (high - low <= THRESHOLDS.stableRange) stable += 1;
  }
  return voicedCount === 0 ? 0 : stable / voicedCount;
}

const percent = (share: number): string => {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 1 ? 'less than 1' : Math.round(hundredths)} %`;
};

const seconds = (value: number): string => `${Number(value.toFixed(1))} s`;

/** Why there is no melody in it; null when there is. */
function reasonOf(pitch: Float32Array, measures: MelodyMeasures, hopMs: number): string | null {
  const { voicedShare, notes, rangeSemitones, stableShare, durationSeconds } = measures;
  const { leastFrames, leastVoicedFrames, leastVoicedShare, leastStableShare, leastNotes, leastRange } = THRESHOLDS;
  const voiced = Math.round(voicedShare * pitch.length);
  const [first, end] = voicedPart(pitch) ?? [0, 0];
  if (pitch.length < leastFrames) return `it is ${seconds(durationSeconds)} long; a melody takes about 2 s`;
  if (voiced === 0) return 'nothing in it has a pitch';
  if (voiced < leastVoicedFrames || voicedShare < leastVoicedShare)
    return `only ${percent(voicedShare)} of it has a pitch`;
  if (end - first < leastFrames) return `only ${seconds(((end - first) * hopMs) / 1000)} of it has a pitch`;
  if (stableShare < leastStableShare)
    return `the pitch glides all the time, like speech: it holds in ${percent(stableShare)} of what has one`;
  if (rangeSemitones < leastRange) return 'one held note: the pitch does not move';
  if (notes < leastNotes) return `only ${notes === 1 ? 'one note' : `${notes} notes`}`;
  return null;
}

/**
 * Frames → pitch track, and whether it is a melody.
 * @param hopMs of the frames
 * @param source default: what the recording itself says
 */
export function hearMelody(frames: MelodyFrames, hopMs: number, source?: MelodySource): HeardMelody {
  const track = pitchTrackOf(frames, source);
  const { pitch } = track;
  const voiced = pitch.filter((value) => !Number.isNaN(value));
  const measures = {
    durationSeconds: (frames.count * hopMs) / 1000,
    voicedShare: frames.count === 0 ? 0 : voiced.length / frames.count,
    notes: noteOnsets(pitch).length,
    rangeSemitones: rangeOf(voiced),
    stableShare: stableShareOf(pitch, voiced.length),
  };
  const reason = reasonOf(pitch, measures, hopMs);
  return { ...track, status: reason === null ? 'ready' : 'no_melody', measures, reason };
}
