// SPDX-License-Identifier: Apache-2.0
import { type MelOptions, melFilterbank } from '../../dsp/mel-filterbank.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { fourierFactors } from './fourier-factors.ts';

export interface SpectrumLayout {
  /** Samples of the waveform; a multiple of √fftSize. */
  readonly windowSamples: number;
  /** Square of an even number. */
  readonly fftSize: number;
  /** A multiple of √fftSize. */
  readonly hopSamples: number;
}

/** Frames of a window: centred at multiples of the hop, the window reflected at both ends. */
export const frameCount = ({ windowSamples, hopSamples }: SpectrumLayout): number =>
  1 + Math.floor(windowSamples / hopSamples);

/**
 * Waveform [batch, samples] → squared real and imaginary parts of the Hann-windowed DFT, [batch, rows, frames]; which bin
 * a row belongs to is known to `spectrumMelWeights`.
 * STFT and DFT operators have no dependable GPU kernels, and one convolution with 1024-sample kernels costs 459 million
 * multiplications for 5 s; two stages of 32-point transforms (Cooley–Tukey, 1024 = 32 · 32) cost 52 million.
 * The first stage is a grouped convolution, which cuts the frames on the way; the second one matrix product per residue.
 */
export function squaredSpectrum(g: GraphBuilder, waveform: Value, layout: SpectrumLayout): Value {
  const { windowSamples, fftSize, hopSamples } = layout;
  const { radix, firstStage, secondStage, residues } = fourierFactors(fftSize);
  if (windowSamples % radix !== 0 || hopSamples % radix !== 0)
    throw new RangeError(`window and hop must be multiples of ${radix} samples`);
  const frames = frameCount(layout);
  const half = fftSize / 2;
  const padded = g.op('Pad', [waveform, g.integers('frame_padding', [0, half, 0, half])], {
    mode: { text: 'reflect' },
  });
  const rows = g.op('Reshape', [padded, g.integers('sample_rows', [-1, (windowSamples + fftSize) / radix, radix])]);
  const phases = g.op('Transpose', [rows], { perm: { ints: [0, 2, 1] } });
  const kernels = g.floats('fourier_first', [radix * residues * 2, 1, radix], firstStage);
  const partial = g.op('Conv', [phases, kernels], {
    group: { int: radix },
    strides: { ints: [hopSamples / radix] },
  });
  const split = g.op('Reshape', [partial, g.integers('by_phase', [-1, radix, residues, 2 * frames])]);
  const byResidue = g.op('Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
  const columns = g.op('Reshape', [byResidue, g.integers('by_residue', [-1, residues, 2 * radix, frames])]);
  const factors = g.floats('fourier_second', [residues, 2 * radix, 2 * radix], secondStage);
  const spectrum = g.op('MatMul', [factors, columns]);
  const list = g.op('Reshape', [spectrum, g.integers('spectrum_rows', [-1, residues * 2 * radix, frames])]);
  return g.op('Mul', [list, list]);
}

/** Constant [bands, rows]: times `squaredSpectrum` it gives mel power (Slaney filters) [batch, bands, frames]. */
export function spectrumMelWeights(g: GraphBuilder, options: MelOptions): Value {
  const { bins } = fourierFactors(options.fftSize);
  const weights = melFilterbank(options).flatMap((row) => bins.map((bin) => (bin === undefined ? 0 : (row[bin] ?? 0))));
  return g.floats('mel_weights', [options.bands, bins.length], weights);
}
