// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from './hann-window.ts';

/** `povey` is Kaldi's: the symmetric Hann window to the power of 0.85. */
export const WINDOW_SHAPES = [
  'hann',
  'hann-symmetric',
  'hamming',
  'hamming-symmetric',
  'povey',
  'rectangular',
] as const;
export type WindowShape = (typeof WINDOW_SHAPES)[number];

/** A symmetric window ends as it begins: a periodic one of one sample less, and its first sample again. */
function symmetricHann(length: number): Float64Array {
  const window = new Float64Array(length);
  window.set(hannWindow(Math.max(1, length - 1)));
  return window;
}

/** Hamming's weights are Hann's, lifted: 0.54 − 0.46 · cos. */
const lifted = (hann: Float64Array): Float64Array => hann.map((value) => 0.08 + 0.92 * value);

/** Weights of a frame's samples. Shapes are periodic, as for spectra, unless the name says otherwise. */
export function spectrumWindow(shape: WindowShape, length: number): Float64Array {
  if (shape === 'rectangular') return new Float64Array(length).fill(1);
  if (shape === 'hann') return hannWindow(length);
  if (shape === 'hamming') return lifted(hannWindow(length));
  const symmetric = symmetricHann(length);
  if (shape === 'hann-symmetric') return symmetric;
  return shape === 'povey' ? symmetric.map((value) => value ** 0.85) : lifted(symmetric);
}
