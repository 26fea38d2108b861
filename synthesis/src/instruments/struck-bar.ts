// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { strikeEnvelope } from '../signal/curve.ts';
import { addInto, fadeEdges, normalisePeak, shape } from '../signal/mix.ts';
import { strikeModes } from '../signal/modes.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { InstrumentMaker, Note } from './instrument.ts';

/** Frequency ratios of a tuned bar: marimba, xylophone, vibraphone, glockenspiel. */
const TUNINGS = [
  [1, 3.93, 9.24, 16.3],
  [1, 3.01, 6.1, 10.2, 15.4],
  [1, 4.0, 10.1, 17.2],
  [1, 2.76, 5.4, 8.93, 13.3],
] as const;

const malletClick = (note: Note, hardnessHz: number): Float64Array => {
  const click = whiteNoise(Math.ceil(0.02 * note.sampleRateHz), note.random);
  applyFilters(click, note.sampleRateHz, { kind: 'band-pass', frequencyHz: hardnessHz, q: 0.8 });
  return shape(
    click,
    strikeEnvelope(click.length, { attackSeconds: 0.0005, decaySeconds: 0.003, sampleRateHz: note.sampleRateHz }),
  );
};

/** A tuned bar struck by a mallet: free-bar modes ringing down, the higher the shorter, and a click. */
export const createStruckBar: InstrumentMaker = (random) => {
  const tuning = random.pick(TUNINGS);
  const decaySeconds = random.logUniform(0.25, 0.9);
  const tilt = random.uniform(0.25, 0.5);
  const hardnessHz = random.logUniform(900, 4000);
  const click = random.uniform(0.1, 0.4);
  return (note) => {
    const signal = new Float64Array(Math.ceil(Math.min(note.seconds + 0.6, decaySeconds * 7) * note.sampleRateHz));
    let amplitude = 1;
    for (const ratio of tuning) {
      const frequencyHz = note.frequencyHz * ratio;
      const decay = decaySeconds * Math.sqrt(440 / note.frequencyHz) * (1 / (0.5 + 0.5 * ratio));
      strikeModes(signal, [{ frequencyHz, decaySeconds: decay, amplitude }], { sampleRateHz: note.sampleRateHz });
      amplitude *= tilt * (0.5 + 0.5 * note.loudness);
    }
    addInto(signal, malletClick(note, hardnessHz), { gain: click });
    return fadeEdges(normalisePeak(signal, note.loudness), 0.002 * note.sampleRateHz);
  };
};
