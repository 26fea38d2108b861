// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from '../../../../dsp/hann-window.ts';
import { melFilterbank } from '../../../../dsp/mel-filterbank.ts';
import { createPowerSpectrum } from '../../../front-end/reference/power-spectrum.ts';
import type { PannsLayout } from '../layout.ts';

/**
 * Log-mel spectrogram as librosa and torchlibrosa make it: frames centred at multiples of the hop, the signal reflected
 * at both ends, periodic Hann window, |DFT|², Slaney mel filters, 10·log10 of at least 1e-10.
 * @returns one array of mels a frame
 */
export function logMel(samples: Float32Array, layout: PannsLayout): Float64Array[] {
  const { sampleRateHz, fftSize, hopSamples, mel } = layout;
  const filters = melFilterbank({ sampleRateHz, fftSize, ...mel });
  const powerSpectrum = createPowerSpectrum(fftSize);
  const hann = hannWindow(fftSize);
  const last = samples.length - 1;
  const sampleAt = (n: number): number => samples[n < 0 ? -n : n > last ? 2 * last - n : n] ?? 0;
  return Array.from({ length: 1 + Math.floor(samples.length / hopSamples) }, (_, t) => {
    const spectrum = powerSpectrum(hann.map((weight, n) => weight * sampleAt(t * hopSamples - fftSize / 2 + n)));
    return Float64Array.from(filters, (filter) => {
      const power = filter.reduce((sum, weight, bin) => sum + weight * (spectrum[bin] ?? 0), 0);
      return 10 * Math.log10(Math.max(power, 1e-10));
    });
  });
}
