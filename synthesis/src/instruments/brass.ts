// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sustainEnvelope } from '../signal/curve.ts';
import { exponential, power } from '../signal/exact-math.ts';
import { addInto, normalisePeak, scale, shape } from '../signal/mix.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** Trumpet to horn: harmonics open with loudness (Risset), so each note swells from dark to bright and closes again. */
export const createBrass: InstrumentMaker = (random) => {
  const bellHz = random.logUniform(900, 2200);
  const openness = random.uniform(0.3, 0.75);
  const attackSeconds = random.uniform(0.05, 0.11);
  const vibrato = {
    rateHz: random.uniform(4.6, 5.6),
    depth: random.uniform(0.001, 0.006),
    delaySeconds: 0.3,
    scoop: 0.03,
  };
  return (note) => {
    const pitch = vibratoPitch(note, vibrato);
    const dark = bandLimitedTable(note, (n) => exponential(-0.75 * (n - 1)));
    const bright = bandLimitedTable(note, (n) => 1 / power(n, 1.1 - 0.5 * openness * note.loudness));
    const phased = { ...note, random: { ...note.random, next: () => 0 } };
    const signal = holdTone(phased, bright, pitch);
    const envelope = sustainEnvelope(signal.length, {
      attackSeconds,
      releaseSeconds: 0.09,
      sustain: 0.8,
      sampleRateHz: note.sampleRateHz,
    });
    // Brightness follows the square of the envelope, so it comes later and leaves earlier than the tone.
    shape(shape(signal, envelope), envelope);
    addInto(scale(signal, 0.4 + openness), shape(holdTone(phased, dark, pitch), envelope), { gain: 0.6 });
    applyFilters(signal, note.sampleRateHz, { kind: 'peak', frequencyHz: bellHz, q: 1, decibels: 8 });
    return normalisePeak(signal, note.loudness);
  };
};
