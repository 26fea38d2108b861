// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sampleCurve, sustainEnvelope } from '../signal/curve.ts';
import { sineOfTurns } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone } from './sustained-tone.ts';

/** Drawbars as multiples of half the written pitch: 16', 8', 5⅓', 4', 2⅔', 2', 1⅗', 1⅓', 1'. */
const DRAWBARS = [1, 2, 3, 4, 6, 8, 10, 12, 16] as const;

/** Steady pipes or tone wheels: drawn registration, click at the key, tremulant in loudness. */
export const createOrgan: InstrumentMaker = (random) => {
  const registration = new Map(
    DRAWBARS.map((harmonic) => [harmonic as number, random.uniform(0.1, 1) / Math.sqrt(harmonic)]),
  );
  registration.set(2, 1);
  const tremulant = { rateHz: random.uniform(5, 7), depth: random.uniform(0.03, 0.25) };
  const click = random.uniform(0.02, 0.12);
  return (note) => {
    const lower = { ...note, frequencyHz: note.frequencyHz / 2 };
    const table = bandLimitedTable(lower, (n) => registration.get(n) ?? 0);
    const signal = holdTone(lower, table, () => lower.frequencyHz);
    const beat = (seconds: number): number => 1 + tremulant.depth * sineOfTurns(tremulant.rateHz * seconds);
    shape(signal, sampleCurve(beat, signal.length, note.sampleRateHz));
    const key = whiteNoise(Math.ceil(0.006 * note.sampleRateHz), note.random);
    addInto(signal, applyFilters(key, note.sampleRateHz, { kind: 'high-pass', frequencyHz: 1500 }), { gain: click });
    const envelope = { attackSeconds: 0.008, releaseSeconds: 0.03, sustain: 1, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
