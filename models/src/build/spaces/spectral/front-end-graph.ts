// SPDX-License-Identifier: Apache-2.0
import { melFilterbank } from '../../../dsp/mel-filterbank.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { fourierFactors, RADIX } from './fourier-factors.ts';
import { SPECTRAL } from './parameters.ts';

const { fftSize, hopSamples, frames, windowSamples, mel } = SPECTRAL;

/** Scales each window to peak 1: from here on the recording's level does not matter. */
function scaleToPeak(g: GraphBuilder, waveform: Value): Value {
  const peak = g.op('ReduceMax', [g.op('Abs', [waveform])], { axes: { ints: [1] }, keepdims: { int: 1 } });
  return g.op('Div', [waveform, g.op('Max', [peak, g.scalar(SPECTRAL.minPeak)])]);
}

/**
 * Waveform [batch, samples] → squared real and imaginary parts of the Hann-windowed DFT, [batch, 1088, frames].
 * STFT and DFT operators have no dependable GPU kernels, and one convolution with 1024-sample kernels costs 459 million
 * multiplications a window; two stages of 32-point transforms (Cooley–Tukey, 1024 = 32 · 32) cost 52 million.
 * The first stage is a grouped convolution, which cuts the frames on the way; the second one matrix product per residue.
 */
function squaredSpectrum(g: GraphBuilder, waveform: Value): Value {
  const { firstStage, secondStage, residues } = fourierFactors(fftSize);
  const half = fftSize / 2;
  const padded = g.op('Pad', [scaleToPeak(g, waveform), g.integers('frame_padding', [0, half, 0, half])], {
    mode: { text: 'reflect' },
  });
  const rows = g.op('Reshape', [padded, g.integers('sample_rows', [-1, (windowSamples + fftSize) / RADIX, RADIX])]);
  const phases = g.op('Transpose', [rows], { perm: { ints: [0, 2, 1] } });
  const kernels = g.floats('fourier_first', [RADIX * residues * 2, 1, RADIX], firstStage);
  const partial = g.op('Conv', [phases, kernels], {
    group: { int: RADIX },
    strides: { ints: [hopSamples / RADIX] },
  });
  const split = g.op('Reshape', [partial, g.integers('by_phase', [-1, RADIX, residues, 2 * frames])]);
  const byResidue = g.op('Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
  const columns = g.op('Reshape', [byResidue, g.integers('by_residue', [-1, residues, 2 * RADIX, frames])]);
  const factors = g.floats('fourier_second', [residues, 2 * RADIX, 2 * RADIX], secondStage);
  const spectrum = g.op('MatMul', [factors, columns]);
  const list = g.op('Reshape', [spectrum, g.integers('spectrum_rows', [-1, residues * 2 * RADIX, frames])]);
  return g.op('Mul', [list, list]);
}

/** Waveform [batch, samples] → mel power [batch, 64, 501]. */
export function melPower(g: GraphBuilder, waveform: Value): Value {
  const { bins } = fourierFactors(fftSize);
  const filters = melFilterbank({ sampleRateHz: SPECTRAL.sampleRateHz, fftSize, ...mel });
  const weights = filters.flatMap((row) => bins.map((bin) => (bin === undefined ? 0 : (row[bin] ?? 0))));
  return g.op('MatMul', [g.floats('mel_weights', [mel.bands, bins.length], weights), squaredSpectrum(g, waveform)]);
}

/** Mel power → level in dB below the window's loudest mel and frame, −80…0, [batch, 64, 501]. */
export function relativeLevel(g: GraphBuilder, power: Value): Value {
  const floored = g.op('Max', [power, g.scalar(SPECTRAL.minPower)]);
  const level = g.op('Mul', [g.op('Log', [floored]), g.scalar(10 / Math.LN10)]);
  const loudest = g.op('ReduceMax', [level], { axes: { ints: [1, 2] }, keepdims: { int: 1 } });
  return g.op('Max', [g.op('Sub', [level, loudest]), g.scalar(-SPECTRAL.rangeDb)]);
}
