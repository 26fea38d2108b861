// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sustainEnvelope } from '../signal/curve.ts';
import { power } from '../signal/exact-math.ts';
import { addInto, normalisePeak, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker } from './instrument.ts';
import { bandLimitedTable, holdTone, vibratoPitch } from './sustained-tone.ts';

/** First three formants in hertz of a, o, u, e, i (after Peterson and Barney's averages). */
export const VOWELS = [
  [730, 1090, 2440],
  [570, 840, 2410],
  [300, 870, 2240],
  [530, 1840, 2480],
  [270, 2290, 3010],
] as const;

const BANDWIDTHS_HZ = [80, 110, 160] as const;

/** A source through three parallel formants, lengths of throat differing by `throat`; returns a new signal. */
export const throughFormants = (
  source: Float64Array,
  formantsHz: readonly [number, number, number],
  { throat, sampleRateHz }: { readonly throat: number; readonly sampleRateHz: number },
): Float64Array => {
  const result = new Float64Array(source.length);
  for (const [index, formantHz] of formantsHz.entries()) {
    const frequencyHz = formantHz * throat;
    const q = frequencyHz / ((BANDWIDTHS_HZ[index] ?? 160) * throat);
    const band = applyFilters(source.slice(), sampleRateHz, { kind: 'band-pass', frequencyHz, q });
    addInto(result, band, { gain: index === 0 ? 1 : 0.55 / index });
  }
  return result;
};

/** A singing voice: glottal pulses with −9 dB an octave, formants of a vowel per note, vibrato, some breath. */
export const createVoice: InstrumentMaker = (random) => {
  const throat = random.uniform(0.92, 1.22);
  const slope = random.uniform(1.0, 1.5);
  const breath = random.uniform(0.02, 0.08);
  const vowels = [random.pick(VOWELS), random.pick(VOWELS)] as const;
  const vibrato = {
    rateHz: random.uniform(4.8, 6.2),
    depth: random.uniform(0.006, 0.016),
    delaySeconds: 0.15,
    scoop: 0.04,
  };
  return (note) => {
    const table = bandLimitedTable(note, (n) => 1 / power(n, slope), 64);
    const source = holdTone(note, table, vibratoPitch(note, vibrato));
    addInto(source, whiteNoise(source.length, note.random), { gain: breath });
    const signal = throughFormants(source, note.random.pick(vowels), { throat, sampleRateHz: note.sampleRateHz });
    addInto(signal, source, { gain: 0.06 });
    const envelope = { attackSeconds: 0.07, releaseSeconds: 0.1, sustain: 0.9, sampleRateHz: note.sampleRateHz };
    return normalisePeak(shape(signal, sustainEnvelope(signal.length, envelope)), note.loudness);
  };
};
