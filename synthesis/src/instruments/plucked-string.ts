// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { exponential } from '../signal/exact-math.ts';
import { fadeEdges, normalisePeak } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker, Note } from './instrument.ts';

type StringBody = {
  readonly pickPosition: number;
  readonly brightnessHz: number;
  readonly decaySeconds: number;
  readonly smoothing: number;
  readonly bodyHz: number;
};

/** Half a period of noise, coloured by the plectrum and combed by where it plucks. */
const excite = (period: number, note: Note, body: StringBody): Float64Array => {
  const noise = whiteNoise(period, note.random);
  applyFilters(noise, note.sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: body.brightnessHz * (0.4 + 0.6 * note.loudness),
  });
  const shift = Math.max(1, Math.floor(period * body.pickPosition));
  return noise.map((value, index) => value - (noise[(index + period - shift) % period] ?? 0));
};

/** Karplus-Strong with an all-pass for the fraction of a sample (Jaffe and Smith 1983). */
const vibrate = (target: Float64Array, note: Note, body: StringBody): void => {
  const exactPeriod = note.sampleRateHz / note.frequencyHz - body.smoothing;
  const period = Math.max(2, Math.floor(exactPeriod - 0.1));
  const fraction = exactPeriod - period;
  const allPass = (1 - fraction) / (1 + fraction);
  const gain = exponential(-6.907755 / (note.frequencyHz * body.decaySeconds));
  const line = excite(period, note, body);
  let position = 0;
  let previous = 0;
  let passedIn = 0;
  let passedOut = 0;
  for (let i = 0; i < target.length; i++) {
    const out = line[position] as number;
    target[i] = out;
    const smoothed = gain * ((1 - body.smoothing) * out + body.smoothing * previous);
    previous = out;
    passedOut = allPass * smoothed + passedIn - allPass * passedOut;
    passedIn = smoothed;
    line[position] = passedOut;
    position = position + 1 === period ? 0 : position + 1;
  }
};

/** Guitar, lute, harp and banjo lie in its range. */
export const createPluckedString: InstrumentMaker = (random) => {
  const body: StringBody = {
    pickPosition: random.uniform(0.1, 0.35),
    brightnessHz: random.logUniform(2500, 8000),
    decaySeconds: random.uniform(1.5, 4),
    smoothing: random.uniform(0.25, 0.5),
    bodyHz: random.uniform(95, 240),
  };
  return (note) => {
    const ring = Math.min(note.seconds + 0.5, body.decaySeconds);
    const signal = new Float64Array(Math.ceil(ring * note.sampleRateHz));
    vibrate(signal, note, body);
    applyFilters(
      signal,
      note.sampleRateHz,
      { kind: 'high-pass', frequencyHz: 50 },
      { kind: 'peak', frequencyHz: body.bodyHz, q: 2, decibels: 6 },
      { kind: 'peak', frequencyHz: body.bodyHz * 2.1, q: 2, decibels: 4 },
    );
    return fadeEdges(normalisePeak(signal, note.loudness), 0.003 * note.sampleRateHz);
  };
};
