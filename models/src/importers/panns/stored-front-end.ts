// SPDX-License-Identifier: Apache-2.0
import { PANNS_FRONT_END } from '../../build/spaces/panns/layout.ts';
import type { NamedTensors } from '../../build/spaces/panns/weights.ts';
import { hannWindow } from '../../dsp/hann-window.ts';
import { melFilterbank } from '../../dsp/mel-filterbank.ts';
import { ImportError } from '../import-error.ts';

const { fftSize, sampleRateHz, mel } = PANNS_FRONT_END;
const BINS = fftSize / 2 + 1;
const REAL = 'spectrogram_extractor.stft.conv_real.weight';
const IMAGINARY = 'spectrogram_extractor.stft.conv_imag.weight';
const MEL = 'logmel_extractor.melW';

/** The tensors of the front-end, which torchlibrosa stores beside the weights. */
export const STORED_FRONT_END_SHAPES: ReadonlyMap<string, readonly number[]> = new Map([
  [REAL, [BINS, 1, fftSize]],
  [IMAGINARY, [BINS, 1, fftSize]],
  [MEL, [BINS, mel.bands]],
]);

/** Single precision leaves less than 1e-6; another rate, window or mel scale differs by more than 1e-3. */
const TOLERANCE = 1e-5;

/** The same tensors computed here: periodic Hann window times e^(−2πi·kn/N), and Slaney's mel filters by bin. */
export function computeFrontEnd(): ReadonlyMap<string, Float32Array> {
  const hann = hannWindow(fftSize);
  const transform = (wave: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: BINS * fftSize }, (_, i) => {
      const [k, n] = [Math.floor(i / fftSize), i % fftSize];
      return wave((2 * Math.PI * ((k * n) % fftSize)) / fftSize) * (hann[n] ?? 0);
    });
  const filters = melFilterbank({ sampleRateHz, fftSize, ...mel });
  const byBin = Float32Array.from({ length: BINS * mel.bands }, (_, i) => {
    return filters[i % mel.bands]?.[Math.floor(i / mel.bands)] ?? 0;
  });
  return new Map([
    [REAL, transform(Math.cos)],
    [IMAGINARY, transform((angle) => -Math.sin(angle))],
    [MEL, byBin],
  ]);
}

/**
 * The graph computes spectra and mels itself: a network trained on others would get something it does not know.
 * @throws ImportError CHECKPOINT_MISMATCH naming the tensor and the largest difference
 */
export function checkStoredFrontEnd(weights: NamedTensors, file: string): void {
  for (const [name, ours] of computeFrontEnd()) {
    const theirs = weights.get(name);
    const largest = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs?.[i] ?? Number.NaN))), 0);
    if (!(largest <= TOLERANCE))
      throw new ImportError(
        'CHECKPOINT_MISMATCH',
        `${file}: ${name} differs by ${largest.toExponential(1)} from the front-end for ${sampleRateHz} Hz, so it was trained on another`,
      );
  }
}
