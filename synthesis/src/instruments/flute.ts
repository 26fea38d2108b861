// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sustainEnvelope } from '../signal/curve.ts';
import { power } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** Flute to pan pipe: hardly more than the fundamental, air noise around it, chiff at the start. */
export const createFlute: InstrumentMaker = (random) => {
  const overtones = random.uniform(0.08, 0.35);
  const air = random.uniform(0.05, 0.3);
  const attackSeconds = random.uniform(0.04, 0.09);
  const vibrato = {
    rateHz: random.uniform(4.5, 5.8),
    depth: random.uniform(0.002, 0.009),
    delaySeconds: 0.2,
    scoop: 0.01,
  };
  return (note) => {
    const table = bandLimitedTable(note, (n) => power(overtones, n - 1), 6);
    const signal = holdTone(note, table, vibratoPitch(note, vibrato));
    const noise = whiteNoise(signal.length, note.random);
    applyFilters(noise, note.sampleRateHz, { kind: 'band-pass', frequencyHz: note.frequencyHz * 2, q: 0.7 });
    addInto(signal, noise, { gain: air });
    addInto(signal, noise.subarray(0, Math.ceil(0.05 * note.sampleRateHz)), { gain: air * 2 });
    const envelope = { attackSeconds, releaseSeconds: 0.08, sustain: 0.85, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
