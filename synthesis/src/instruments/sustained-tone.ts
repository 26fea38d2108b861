// SPDX-License-Identifier: Apache-2.0
import { type Curve, sampleCurve } from '../signal/curve.ts';
import { sineOfTurns } from '../signal/exact-math.ts';
import { createWavetable, harmonicsBelow, oscillate, spectrum, type Wavetable } from '../signal/wavetable.ts';
import type { Note } from './instrument.ts';

type Vibrato = {
  readonly rateHz: number;
  /** Share of the frequency, 0.01 = a sixth of a semitone. */
  readonly depth: number;
  readonly delaySeconds: number;
  /** The note starts this share flat and slides up within 60 ms. */
  readonly scoop?: number;
};

/** The pitch of a held note in hertz: scoop, then vibrato that grows in. */
export const vibratoPitch = (note: Note, vibrato: Vibrato): Curve => {
  const phase = note.random.next();
  const rateHz = vibrato.rateHz * note.random.uniform(0.95, 1.05);
  return (seconds) => {
    const grown = Math.min(1, Math.max(0, (seconds - vibrato.delaySeconds) / 0.3));
    const scoop = (vibrato.scoop ?? 0) * Math.max(0, 1 - seconds / 0.06);
    return note.frequencyHz * (1 - scoop + grown * vibrato.depth * sineOfTurns(phase + rateHz * seconds));
  };
};

/** A period whose harmonics stay below the band limit for this note, vibrato included. */
export const bandLimitedTable = (note: Note, amplitude: (harmonic: number) => number, limit = 48): Wavetable =>
  createWavetable(spectrum(harmonicsBelow(note.frequencyHz * 1.06, note.sampleRateHz, limit), amplitude));

/** Plays one period along a pitch curve for the length of the note. */
export const holdTone = (note: Note, table: Wavetable, pitch: Curve): Float64Array => {
  const length = Math.ceil(note.seconds * note.sampleRateHz);
  return oscillate(table, sampleCurve(pitch, length, note.sampleRateHz), note.sampleRateHz, note.random.next());
};
