// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sampleCurve, sustainEnvelope, wander } from '../signal/curve.ts';
import { power } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** Violin to cello: Helmholtz motion (a saw tooth) through the resonances of a box, rosin noise, wide vibrato, uneven bow. */
export const createBowedString: InstrumentMaker = (random) => {
  const airHz = random.logUniform(180, 320);
  const woodHz = airHz * random.uniform(1.6, 2.1);
  const bridgeHz = random.logUniform(1900, 3200);
  const slope = random.uniform(0.8, 1.15);
  const rosin = random.uniform(0.03, 0.1);
  const attackSeconds = random.uniform(0.09, 0.2);
  const vibrato = { rateHz: random.uniform(5.2, 6.6), depth: random.uniform(0.007, 0.014), delaySeconds: 0.12 };
  return (note) => {
    const table = bandLimitedTable(note, (n) => 1 / power(n, slope));
    const signal = holdTone(note, table, vibratoPitch(note, vibrato));
    const bow = wander(note.random, 14, note.seconds);
    shape(
      signal,
      sampleCurve((t) => 1 + 0.12 * bow(t), signal.length, note.sampleRateHz),
    );
    const noise = whiteNoise(signal.length, note.random);
    addInto(signal, applyFilters(noise, note.sampleRateHz, { kind: 'band-pass', frequencyHz: 4000, q: 0.5 }), {
      gain: rosin,
    });
    applyFilters(
      signal,
      note.sampleRateHz,
      { kind: 'peak', frequencyHz: airHz, q: 4, decibels: 6 },
      { kind: 'peak', frequencyHz: woodHz, q: 4, decibels: 6 },
      { kind: 'peak', frequencyHz: bridgeHz, q: 1.5, decibels: 8 },
      { kind: 'high-shelf', frequencyHz: 5500, decibels: -9 },
    );
    const envelope = { attackSeconds, releaseSeconds: 0.12, sustain: 0.9, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
