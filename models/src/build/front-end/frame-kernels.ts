// SPDX-License-Identifier: Apache-2.0
import { spectrumWindow } from '../../dsp/spectrum-window.ts';
import type { LogMelSettings } from './log-mel-settings.ts';

type FrameSettings = Pick<
  LogMelSettings,
  'fftSize' | 'frameSamples' | 'window' | 'gain' | 'framePreEmphasis' | 'removeFrameMean'
>;

/** What a weighted sum over a pre-emphasised frame is as a sum over the frame itself (the transposed operation). */
function beforePreEmphasis(kernel: Float64Array, coefficient: number): Float64Array {
  return kernel.map((value, n) => {
    const first = n === 0 ? coefficient * value : 0;
    return value - coefficient * (kernel[n + 1] ?? 0) - first;
  });
}

/** The same for a frame whose mean was taken away. */
function beforeMeanRemoval(kernel: Float64Array): Float64Array {
  const mean = kernel.reduce((sum, value) => sum + value, 0) / kernel.length;
  return kernel.map((value) => value - mean);
}

/**
 * Everything linear that happens to a frame, up to its DFT, as one sum of samples for each bin.
 * @param bins which of the transform's bins
 * @returns real and imaginary parts, [bin, sample], row-major
 */
export function frameKernels(
  settings: FrameSettings,
  bins: readonly number[],
): { real: Float32Array; imaginary: Float32Array } {
  const { fftSize, frameSamples, window, gain, framePreEmphasis, removeFrameMean } = settings;
  const weights = spectrumWindow(window, frameSamples);
  const rows = (wave: (angle: number) => number): Float32Array => {
    const kernels = new Float32Array(bins.length * frameSamples);
    for (const [row, bin] of bins.entries()) {
      const plain = weights.map((weight, n) => gain * weight * wave((2 * Math.PI * ((bin * n) % fftSize)) / fftSize));
      const emphasised = framePreEmphasis === 0 ? plain : beforePreEmphasis(plain, framePreEmphasis);
      kernels.set(removeFrameMean ? beforeMeanRemoval(emphasised) : emphasised, row * frameSamples);
    }
    return kernels;
  };
  return { real: rows(Math.cos), imaginary: rows((angle) => -Math.sin(angle)) };
}
