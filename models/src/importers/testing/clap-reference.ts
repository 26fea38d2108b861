// SPDX-License-Identifier: Apache-2.0
import { createPowerSpectrum } from '../../build/front-end/reference/power-spectrum.ts';
import { hannWindow } from '../../dsp/hann-window.ts';
import { melFilterbank } from '../../dsp/mel-filterbank.ts';

const FFT_SIZE = 1024;
const HOP = 480;
const FLOOR = 1e-10;

/** CLAP's input for a window, in double precision: frames of 64 levels in dB. */
export function clapLogMel(window: Float32Array): number[][] {
  const hann = hannWindow(FFT_SIZE);
  const powerSpectrum = createPowerSpectrum(FFT_SIZE);
  const filters = melFilterbank({ sampleRateHz: 48_000, fftSize: FFT_SIZE, bands: 64, minHz: 50, maxHz: 14_000 });
  const sampleAt = (at: number): number => {
    const mirrored = Math.abs(at);
    return window[mirrored < window.length ? mirrored : 2 * (window.length - 1) - mirrored] ?? 0;
  };
  return Array.from({ length: 1 + Math.floor(window.length / HOP) }, (_, frame) => {
    const power = powerSpectrum(
      Float64Array.from({ length: FFT_SIZE }, (_v, n) => sampleAt(frame * HOP + n - FFT_SIZE / 2) * hann[n]!),
    );
    return filters.map((row) => {
      let sum = 0;
      for (const [bin, weight] of row.entries()) if (weight !== 0) sum += weight * power[bin]!;
      return 10 * Math.log10(Math.max(sum, FLOOR));
    });
  });
}
