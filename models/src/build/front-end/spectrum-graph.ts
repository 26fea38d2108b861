// SPDX-License-Identifier: Apache-2.0
import { type MelOptions, melFilterbank } from '../../dsp/mel-filterbank.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { fourierFactors } from './fourier-factors.ts';

export interface SpectrumLayout {
  /** Samples of the waveform, a multiple of √fftSize; when absent, the graph takes any number of at least fftSize / 2 + 1. */
  readonly windowSamples?: number;
  /** Square of an even number. */
  readonly fftSize: number;
  /** A multiple of √fftSize. */
  readonly hopSamples: number;
}

/** Dimensions for Reshape: the waveform's length is in them, or left to ONNX Runtime (0 keeps a dimension, −1 follows). */
interface SpectrumShapes {
  readonly rows: readonly number[];
  readonly byPhase: readonly number[];
  readonly byResidue: readonly number[];
  readonly list: readonly number[];
}

function shapesOf({ windowSamples, fftSize, hopSamples }: SpectrumLayout): SpectrumShapes {
  const { radix, residues } = fourierFactors(fftSize);
  if ((windowSamples ?? 0) % radix !== 0 || hopSamples % radix !== 0)
    throw new RangeError(`window and hop must be multiples of ${radix} samples`);
  if (windowSamples === undefined)
    return {
      rows: [0, -1, radix],
      byPhase: [0, radix, residues, -1],
      byResidue: [0, residues, 2 * radix, -1],
      list: [0, residues * 2 * radix, -1],
    };
  // Frames are centred at multiples of the hop.
  const frames = 1 + Math.floor(windowSamples / hopSamples);
  return {
    rows: [-1, (windowSamples + fftSize) / radix, radix],
    byPhase: [-1, radix, residues, 2 * frames],
    byResidue: [-1, residues, 2 * radix, frames],
    list: [-1, residues * 2 * radix, frames],
  };
}

/** Cuts [batch, samples] to whole rows of `radix` samples; the last frame, which begins at such a row, is complete in them. */
function cutToRows(g: GraphBuilder, samples: Value, radix: number): Value {
  const row = g.integers('row_samples', [radix]);
  const length = g.op('Shape', [samples], { start: { int: 1 }, end: { int: 2 } });
  const end = g.op('Mul', [g.op('Div', [length, row]), row]);
  return g.op('Slice', [samples, g.integers('first_sample', [0]), end, g.integers('sample_axis', [1])]);
}

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
  const shapes = shapesOf(layout);
  const half = fftSize / 2;
  const padded = g.op('Pad', [waveform, g.integers('frame_padding', [0, half, 0, half])], {
    mode: { text: 'reflect' },
  });
  const whole = windowSamples === undefined ? cutToRows(g, padded, radix) : padded;
  const rows = g.op('Reshape', [whole, g.integers('sample_rows', shapes.rows)]);
  const phases = g.op('Transpose', [rows], { perm: { ints: [0, 2, 1] } });
  const kernels = g.floats('fourier_first', [radix * residues * 2, 1, radix], firstStage);
  const partial = g.op('Conv', [phases, kernels], {
    group: { int: radix },
    strides: { ints: [hopSamples / radix] },
  });
  const split = g.op('Reshape', [partial, g.integers('by_phase', shapes.byPhase)]);
  const byResidue = g.op('Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
  const columns = g.op('Reshape', [byResidue, g.integers('by_residue', shapes.byResidue)]);
  const factors = g.floats('fourier_second', [residues, 2 * radix, 2 * radix], secondStage);
  const spectrum = g.op('MatMul', [factors, columns]);
  const list = g.op('Reshape', [spectrum, g.integers('spectrum_rows', shapes.list)]);
  return g.op('Mul', [list, list]);
}

/** Constant [bands, rows]: times `squaredSpectrum` it gives mel power (Slaney filters) [batch, bands, frames]. */
export function spectrumMelWeights(g: GraphBuilder, options: MelOptions): Value {
  const { bins } = fourierFactors(options.fftSize);
  const weights = melFilterbank(options).flatMap((row) => bins.map((bin) => (bin === undefined ? 0 : (row[bin] ?? 0))));
  return g.floats('mel_weights', [options.bands, bins.length], weights);
}
