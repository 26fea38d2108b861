// SPDX-License-Identifier: Apache-2.0
import { spectrumMelWeights, squaredSpectrum } from '../../front-end/spectrum-graph.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { SPECTRAL } from './parameters.ts';

const { sampleRateHz, fftSize, mel } = SPECTRAL;

/** Scales each window to peak 1: from here on the recording's level does not matter. */
function scaleToPeak(g: GraphBuilder, waveform: Value): Value {
  const peak = g.op('ReduceMax', [g.op('Abs', [waveform])], { axes: { ints: [1] }, keepdims: { int: 1 } });
  return g.op('Div', [waveform, g.op('Max', [peak, g.scalar(SPECTRAL.minPeak)])]);
}

/** Waveform [batch, samples] → mel power [batch, 64, 501]. */
export function melPower(g: GraphBuilder, waveform: Value): Value {
  const weights = spectrumMelWeights(g, { sampleRateHz, fftSize, ...mel });
  return g.op('MatMul', [weights, squaredSpectrum(g, scaleToPeak(g, waveform), SPECTRAL)]);
}

/** Mel power → level in dB below the window's loudest mel and frame, −80…0, [batch, 64, 501]. */
export function relativeLevel(g: GraphBuilder, power: Value): Value {
  const floored = g.op('Max', [power, g.scalar(SPECTRAL.minPower)]);
  const level = g.op('Mul', [g.op('Log', [floored]), g.scalar(10 / Math.LN10)]);
  const loudest = g.op('ReduceMax', [level], { axes: { ints: [1, 2] }, keepdims: { int: 1 } });
  return g.op('Max', [g.op('Sub', [level, loudest]), g.scalar(-SPECTRAL.rangeDb)]);
}
