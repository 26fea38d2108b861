// SPDX-License-Identifier: Apache-2.0
import { spectrumMelWeights, squaredSpectrum } from '../../front-end/spectrum-graph.ts';
import { createGraphBuilder, type GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Model } from '../../onnx/model.ts';
import { batchNormAffine, foldBatchNorm } from './fold-batch-norm.ts';
import type { Cnn14Layout } from './layout.ts';
import { type NamedTensors, readBatchNorm, readTensor } from './weights.ts';

/** Mel power below this counts as this (−100 dB). */
const MIN_POWER = 1e-10;
const SAME = { ints: [1, 1, 1, 1] };

/** What every part of the graph is made from. */
interface Parts {
  readonly g: GraphBuilder;
  readonly layout: Cnn14Layout;
  readonly weights: NamedTensors;
}

/** Waveform [batch, samples] → 10·log10 of mel power, each mel scaled and shifted by bn0: [batch, 1, frames, mels]. */
function normalisedLogMel({ g, layout, weights }: Parts, waveform: Value): Value {
  const { sampleRateHz, fftSize, mel } = layout;
  const filters = spectrumMelWeights(g, { sampleRateHz, fftSize, ...mel });
  const power = g.op('MatMul', [filters, squaredSpectrum(g, waveform, layout)]);
  const floored = g.op('Max', [power, g.scalar(MIN_POWER)]);
  const level = g.op('Mul', [g.op('Log', [floored]), g.scalar(10 / Math.LN10)]);
  // The logarithm stands before it, so bn0 cannot be folded into the filters.
  const { scale, shift } = batchNormAffine(readBatchNorm(weights, 'bn0', mel.bands));
  const scaled = g.op('Mul', [level, g.floats('bn0_scale', [mel.bands, 1], scale)]);
  const normalised = g.op('Add', [scaled, g.floats('bn0_shift', [mel.bands, 1], shift)]);
  const byFrame = g.op('Transpose', [normalised], { perm: { ints: [0, 2, 1] } });
  return g.op('Unsqueeze', [byFrame, g.integers('channel_axis', [1])]);
}

/** 3 × 3 convolution with its batch normalisation folded in, and ReLU. */
function convolution({ g, weights }: Parts, input: Value, { block, index, inputs, outputs }: ConvolutionPlace): Value {
  const dims = [outputs, inputs, 3, 3];
  const name = `${block}.conv${index}`;
  const folded = foldBatchNorm(
    readTensor(weights, `${name}.weight`, dims),
    readBatchNorm(weights, `${block}.bn${index}`, outputs),
  );
  const kernels = g.floats(`${name}.weight`, dims, folded.kernels);
  const bias = g.floats(`${name}.bias`, [outputs], folded.bias);
  return g.op('Relu', [g.op('Conv', [input, kernels, bias], { pads: SAME })]);
}

interface ConvolutionPlace {
  readonly block: string;
  readonly index: 1 | 2;
  readonly inputs: number;
  readonly outputs: number;
}

/** The six blocks; each but the last ends in 2 × 2 mean pooling. */
function blocks(parts: Parts, image: Value): Value {
  const { g, layout } = parts;
  return layout.channels.reduce((input, outputs, i) => {
    const block = `conv_block${i + 1}`;
    const inputs = layout.channels[i - 1] ?? 1;
    const first = convolution(parts, input, { block, index: 1, inputs, outputs });
    const second = convolution(parts, first, { block, index: 2, inputs: outputs, outputs });
    const isLast = i === layout.channels.length - 1;
    return isLast
      ? second
      : g.op('AveragePool', [second], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
  }, image);
}

/** Mean over mels, then maximum plus mean over time, then the fully connected layer with ReLU: [batch, dims]. */
function embed({ g, layout, weights }: Parts, features: Value): Value {
  const over = (axis: number): Parameters<GraphBuilder['op']>[2] => ({ axes: { ints: [axis] }, keepdims: { int: 0 } });
  const byTime = g.op('ReduceMean', [features], over(3));
  const pooled = g.op('Add', [g.op('ReduceMax', [byTime], over(2)), g.op('ReduceMean', [byTime], over(2))]);
  const dims = [layout.dims, layout.channels.at(-1) ?? 0];
  const weight = g.floats('fc1.weight', dims, readTensor(weights, 'fc1.weight', dims));
  const bias = g.floats('fc1.bias', [layout.dims], readTensor(weights, 'fc1.bias', [layout.dims]));
  return g.op('Relu', [g.op('Gemm', [pooled, weight, bias], { transB: { int: 1 } })]);
}

/**
 * PANNs' Cnn14 up to its embedding: `waveform` float32 [batch, 320000] → `embedding` float32 [batch, 2048], not negative,
 * not normalised. Formulas: Kong et al. 2020 and the authors' evaluation code (torchlibrosa front-end).
 * @param id space id, becomes the graph's name
 * @param weights tensors named as in a checkpoint; see `cnn14WeightShapes`
 * @throws Error naming a tensor that is missing or of another size
 */
export function cnn14Graph(id: string, weights: NamedTensors, layout: Cnn14Layout): Model {
  const g = createGraphBuilder();
  const parts = { g, layout, weights };
  const image = normalisedLogMel(parts, g.input('waveform', ['batch', layout.windowSamples]));
  g.output('embedding', embed(parts, blocks(parts, image)), ['batch', layout.dims]);
  return g.build({
    name: id,
    description: 'Cnn14: log-mel spectrogram, six convolution blocks, one vector a window.',
    metadata: { min_samples: String(layout.minSamples), sample_rate: String(layout.sampleRateHz) },
  });
}
