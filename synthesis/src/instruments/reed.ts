// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sustainEnvelope } from '../signal/curve.ts';
import { power } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** Clarinet to oboe: odd harmonics lead by a drawn amount, one nasal resonance, breath under the tone. */
export const createReed: InstrumentMaker = (random) => {
  const evenShare = random.uniform(0.04, 0.35);
  const slope = random.uniform(0.9, 1.5);
  const nasalHz = random.logUniform(900, 1700);
  const breath = random.uniform(0.01, 0.04);
  const vibrato = {
    rateHz: random.uniform(4.5, 5.8),
    depth: random.uniform(0, 0.006),
    delaySeconds: 0.15,
    scoop: 0.006,
  };
  const attackSeconds = random.uniform(0.025, 0.06);
  return (note) => {
    const table = bandLimitedTable(note, (n) => (n % 2 === 1 ? 1 : evenShare) / power(n, slope));
    const signal = holdTone(note, table, vibratoPitch(note, vibrato));
    addInto(signal, whiteNoise(signal.length, note.random), { gain: breath });
    applyFilters(
      signal,
      note.sampleRateHz,
      { kind: 'peak', frequencyHz: nasalHz, q: 1.6, decibels: 9 },
      { kind: 'low-pass', frequencyHz: 3000 + 4000 * note.loudness },
    );
    const envelope = { attackSeconds, releaseSeconds: 0.07, sustain: 0.9, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
