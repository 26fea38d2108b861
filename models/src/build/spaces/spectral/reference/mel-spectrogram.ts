// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from '../../../../dsp/hann-window.ts';
import { melFilterbank } from '../../../../dsp/mel-filterbank.ts';
import { createPowerSpectrum } from '../../../front-end/reference/power-spectrum.ts';
import { SPECTRAL } from '../parameters.ts';

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

/** The window scaled to peak 1 and mirrored by half a frame at both ends, without repeating the outermost sample. */
function scaledAndReflected(samples: Float32Array): Float64Array {
  const half = fftSize / 2;
  const last = samples.length - 1;
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), SPECTRAL.minPeak);
  return Float64Array.from({ length: samples.length + fftSize }, (_, i) => {
    const index = Math.abs(i - half);
    return (samples[index > last ? 2 * last - index : index] ?? 0) / peak;
  });
}

function melPower(samples: Float32Array): Float64Array[] {
  const signal = scaledAndReflected(samples);
  const power = filters.map(() => new Float64Array(frames));
  const frame = new Float64Array(fftSize);
  for (let t = 0; t < frames; t++) {
    for (let n = 0; n < fftSize; n++) frame[n] = (hann[n] as number) * (signal[t * hopSamples + n] as number);
    const spectrum = powerSpectrum(frame);
    filters.forEach(({ firstBin, weights }, band) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (spectrum[firstBin + i] as number);
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
