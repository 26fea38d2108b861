// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sustainEnvelope } from '../signal/curve.ts';
import { sineOfTurns } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** Two detuned pulse waves through a resonant low-pass: the lead over the drum kit. */
export const createSynthLead: InstrumentMaker = (random) => {
  const width = random.uniform(0.15, 0.5);
  const detune = random.uniform(0.002, 0.008);
  const cutoffHz = random.logUniform(1800, 4500);
  const still = { rateHz: 5, depth: 0.002, delaySeconds: 0.2 };
  return (note) => {
    const pulse = bandLimitedTable(note, (n) => (sineOfTurns((n * width) / 2) * 2) / n);
    const signal = holdTone(note, pulse, vibratoPitch(note, still));
    const second = { ...note, frequencyHz: note.frequencyHz * (1 + detune) };
    addInto(signal, holdTone(second, pulse, vibratoPitch(second, still)));
    applyFilters(signal, note.sampleRateHz, { kind: 'low-pass', frequencyHz: cutoffHz, q: 1.8 });
    const envelope = { attackSeconds: 0.006, releaseSeconds: 0.05, sustain: 0.7, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
