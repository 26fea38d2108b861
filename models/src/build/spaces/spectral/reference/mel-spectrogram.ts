// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from '../../../../dsp/hann-window.ts';
import { melFilterbank } from '../../../../dsp/mel-filterbank.ts';
import { SPECTRAL } from '../parameters.ts';
import { createPowerSpectrum } from './fourier.ts';

const { fftSize, hopSamples, frames, mel } = SPECTRAL;
const hann = hannWindow(fftSize);
const powerSpectrum = createPowerSpectrum(fftSize);

/** A mel filter without its zeros. */
interface Filter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

const filters: Filter[] = melFilterbank({ sampleRateHz: SPECTRAL.sampleRateHz, fftSize, ...mel }).map((row) => {
  const firstBin = row.findIndex((weight) => weight > 0);
  return { firstBin, weights: row.slice(firstBin, row.findLastIndex((weight) => weight > 0) + 1) };
});

/** What the statistics are made of; both per window. */
export interface MelSpectrogram {
  /** dB below the loudest mel and frame, −80…0; 64 rows of 501 frames. */
  readonly level: readonly Float64Array[];
  /** Sum of mel power per frame, loudest = 1 (0 everywhere in digital silence); 501. */
  readonly energy: Float64Array;
}

/** Sample at `index`, mirrored at both ends without repeating the outermost sample. */
function reflected(samples: Float32Array, index: number): number {
  const last = samples.length - 1;
  const inside = index < 0 ? -index : index > last ? 2 * last - index : index;
  return samples[inside] ?? 0;
}

function melPower(samples: Float32Array): Float64Array[] {
  const peak = Math.max(
    samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
    SPECTRAL.minPeak,
  );
  const power = filters.map(() => new Float64Array(frames));
  const frame = new Float64Array(fftSize);
  for (let t = 0; t < frames; t++) {
    const start = t * hopSamples - fftSize / 2;
    for (let n = 0; n < fftSize; n++) frame[n] = ((hann[n] ?? 0) * reflected(samples, start + n)) / peak;
    const spectrum = powerSpectrum(frame);
    filters.forEach(({ firstBin, weights }, band) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (spectrum[firstBin + i] ?? 0);
      (power[band] as Float64Array)[t] = sum;
    });
  }
  return power;
}

/** Log-mel spectrogram of one window of `SPECTRAL.windowSamples` samples, independent of its level. */
export function melSpectrogram(samples: Float32Array): MelSpectrogram {
  if (samples.length !== SPECTRAL.windowSamples) throw new RangeError(`a window has ${SPECTRAL.windowSamples} samples`);
  const power = melPower(samples);
  const decibels = power.map((row) => row.map((value) => 10 * Math.log10(Math.max(value, SPECTRAL.minPower))));
  const loudest = decibels.reduce((most, row) => row.reduce((a, b) => Math.max(a, b), most), -Infinity);
  const energy = Float64Array.from({ length: frames }, (_, t) => power.reduce((sum, row) => sum + (row[t] ?? 0), 0));
  const most = Math.max(SPECTRAL.minPower, ...energy);
  return {
    level: decibels.map((row) => row.map((value) => Math.max(value - loudest, -SPECTRAL.rangeDb))),
    energy: energy.map((value) => value / most),
  };
}
