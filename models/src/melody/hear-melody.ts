// SPDX-License-Identifier: Apache-2.0
import type { MelodyFrames } from './melody-frames.ts';
import { noteOnsets } from './note-onsets.ts';
import { leapShareOf, percentile, rangeOf, stableShareOf } from './pitch-statistics.ts';
import { type HearingOptions, type PitchTrack, pitchTrackOf, voicedPart } from './pitch-track.ts';
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

const percent = (share: number): string => {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 1 ? 'less than 1' : Math.round(hundredths)} %`;
};

const seconds = (value: number): string => `${Number(value.toFixed(1))} s`;

interface Evidence {
  /** Of the frames. */
  readonly hopMs: number;
  /** Median over the voiced frames. */
  readonly salience: number;
}

/** Why its pitch is none of a melody; null when it may be. */
function unsteadiness({ source, pitch }: PitchTrack, stableShare: number): string | null {
  const { leap, mostLeaps, leastStableShare } = THRESHOLDS;
  const holds = `it holds in ${percent(stableShare)} of what has one`;
  if (leapShareOf(pitch, leap) > mostLeaps) return `the pitch leaps about, as in noise: ${holds}`;
  return stableShare < leastStableShare[source] ? `the pitch never settles, as in speech or drums: ${holds}` : null;
}

/** Why there is no melody in it; null when there is. */
function reasonOf(track: PitchTrack, measures: MelodyMeasures, { hopMs, salience }: Evidence): string | null {
  const { pitch } = track;
  const { voicedShare, notes, rangeSemitones, stableShare, durationSeconds } = measures;
  const { leastFrames, leastVoicedFrames, leastVoicedShare, leastNotes, leastRange, leastSalience } = THRESHOLDS;
  const voiced = Math.round(voicedShare * pitch.length);
  const [first, end] = voicedPart(pitch) ?? [0, 0];
  if (pitch.length < leastFrames) return `it is ${seconds(durationSeconds)} long; a melody takes about 2 s`;
  if (voiced === 0) return 'nothing in it has a pitch';
  if (voiced < leastVoicedFrames || voicedShare < leastVoicedShare)
    return `only ${percent(voicedShare)} of it has a pitch`;
  if (end - first < leastFrames) return `only ${seconds(((end - first) * hopMs) / 1000)} of it has a pitch`;
  if (!(salience >= leastSalience)) return 'no clear pitch: it is noise for the most part';
  const unsteady = unsteadiness(track, stableShare);
  if (unsteady !== null) return unsteady;
  if (rangeSemitones < leastRange) return 'one held note: the pitch does not move';
  if (notes < leastNotes) return `only ${notes === 1 ? 'one note' : `${notes} notes`}`;
  return null;
}

/**
 * Frames → pitch track, and whether it is a melody.
 * @param hopMs of the frames
 */
export function hearMelody(frames: MelodyFrames, hopMs: number, options: HearingOptions = {}): HeardMelody {
  const track = pitchTrackOf(frames, options);
  const { pitch } = track;
  const voiced = pitch.filter((value) => !Number.isNaN(value));
  const measures = {
    durationSeconds: (frames.count * hopMs) / 1000,
    voicedShare: frames.count === 0 ? 0 : voiced.length / frames.count,
    notes: noteOnsets(pitch).length,
    rangeSemitones: rangeOf(voiced),
    stableShare: stableShareOf(pitch, { voicedCount: voiced.length, range: THRESHOLDS.stableRange }),
  };
  const salience = percentile(
    frames.salience.filter((_, frame) => !Number.isNaN(pitch[frame])),
    0.5,
  );
  const reason = reasonOf(track, measures, { hopMs, salience });
  return { ...track, status: reason === null ? 'ready' : 'no_melody', measures, reason };
}
