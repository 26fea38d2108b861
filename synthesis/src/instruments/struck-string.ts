// SPDX-License-Identifier: Apache-2.0
import { exponential } from '../signal/exact-math.ts';
import { fadeEdges, normalisePeak } from '../signal/mix.ts';
import { strikeModes } from '../signal/modes.ts';
import type { InstrumentMaker } from './instrument.ts';

/** Piano-like: stiff strings, partials at n·f·√(1 + B·n²), pairs slightly out of tune that beat and ring down. */
export const createStruckString: InstrumentMaker = (random) => {
  const stiffness = random.logUniform(0.0001, 0.0008);
  const slope = random.uniform(0.18, 0.42);
  const hammer = random.integer(6, 9);
  const decaySeconds = random.uniform(0.7, 1.6);
  const detune = random.uniform(0.0003, 0.0015);
  return (note) => {
    const signal = new Float64Array(Math.ceil((note.seconds + 0.35) * note.sampleRateHz));
    const dullness = slope * (1.4 - 0.6 * note.loudness);
    for (let n = 1; n <= 14; n++) {
      const frequencyHz = n * note.frequencyHz * Math.sqrt(1 + stiffness * n * n);
      const amplitude = exponential(-dullness * (n - 1)) * (n % hammer === 0 ? 0.15 : 1);
      const decay = (decaySeconds * Math.sqrt(300 / note.frequencyHz)) / (1 + 0.22 * (n - 1));
      strikeModes(
        signal,
        [
          { frequencyHz, decaySeconds: decay * 0.5, amplitude },
          { frequencyHz: frequencyHz * (1 + detune), decaySeconds: decay * 1.6, amplitude: amplitude * 0.6 },
        ],
        { sampleRateHz: note.sampleRateHz },
      );
    }
    const damped = fadeEdges(signal.slice(), 0.3 * note.sampleRateHz);
    const half = signal.length >> 1;
    signal.set(damped.subarray(half), half);
    return fadeEdges(normalisePeak(signal, note.loudness), 0.002 * note.sampleRateHz);
  };
};
