// SPDX-License-Identifier: Apache-2.0
import { spectrumMelWeights, squaredSpectrum } from '../../front-end/spectrum-graph.ts';
import { createGraphBuilder, type GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Model } from '../../onnx/model.ts';
import { batchNormAffine, foldBatchNorm } from './fold-batch-norm.ts';
import { midLevelDims, type PannsLayout, type PannsVector } from './layout.ts';
import { convolutionNumbers, type NamedTensors, readBatchNorm, readTensor } from './weights.ts';

/** Mel power below this counts as this (−100 dB). */
const MIN_POWER = 1e-10;

/** What every part of the graph is made from. */
interface Parts {
  readonly g: GraphBuilder;
  readonly layout: PannsLayout;
  readonly weights: NamedTensors;
}

/** Waveform [batch, samples] → 10·log10 of mel power, each mel scaled and shifted by bn0: [batch, 1, frames, mels]. */
function normalisedLogMel({ g, layout, weights }: Parts, waveform: Value): Value {
  const { sampleRateHz, fftSize, hopSamples, mel } = layout;
  const filters = spectrumMelWeights(g, { sampleRateHz, fftSize, ...mel });
  const power = g.op('MatMul', [filters, squaredSpectrum(g, waveform, { fftSize, hopSamples })]);
  const floored = g.op('Max', [power, g.scalar(MIN_POWER)]);
  const level = g.op('Mul', [g.op('Log', [floored]), g.scalar(10 / Math.LN10)]);
  // The logarithm stands before it, so bn0 cannot be folded into the filters.
  const { scale, shift } = batchNormAffine(readBatchNorm(weights, 'bn0', mel.bands));
  const scaled = g.op('Mul', [level, g.floats('bn0_scale', [mel.bands, 1], scale)]);
  const normalised = g.op('Add', [scaled, g.floats('bn0_shift', [mel.bands, 1], shift)]);
  const byFrame = g.op('Transpose', [normalised], { perm: { ints: [0, 2, 1] } });
  return g.op('Unsqueeze', [byFrame, g.integers('channel_axis', [1])]);
}

interface ConvolutionPlace {
  readonly block: string;
  readonly number: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** A convolution that keeps height and width, with its batch normalisation folded in, and ReLU. */
function convolution({ g, layout, weights }: Parts, input: Value, place: ConvolutionPlace): Value {
  const { block, number, inputs, outputs } = place;
  const { kernelSize } = layout.architecture;
  const dims = [outputs, inputs, kernelSize, kernelSize];
  const name = `${block}.conv${number}`;
  const folded = foldBatchNorm(
    readTensor(weights, `${name}.weight`, dims),
    readBatchNorm(weights, `${block}.bn${number}`, outputs),
  );
  const kernels = g.floats(`${name}.weight`, dims, folded.kernels);
  const bias = g.floats(`${name}.bias`, [outputs], folded.bias);
  const pads = Array.from({ length: 4 }, () => (kernelSize - 1) / 2);
  return g.op('Relu', [g.op('Conv', [input, kernels, bias], { pads: { ints: pads } })]);
}

/** What each of the first `count` blocks gives; each (but the last of all, in Cnn14) ends in 2 × 2 mean pooling. */
function blocks(parts: Parts, image: Value, count: number): Value[] {
  const { g, layout } = parts;
  const results: Value[] = [];
  for (const [i, outputs] of layout.channels.slice(0, count).entries()) {
    const block = `conv_block${i + 1}`;
    const convolved = convolutionNumbers(layout).reduce((value, number) => {
      const inputs = number === 1 ? (layout.channels[i - 1] ?? 1) : outputs;
      return convolution(parts, value, { block, number, inputs, outputs });
    }, results.at(-1) ?? image);
    const isPooled = i < layout.channels.length - 1 || layout.architecture.isLastPooled;
    const pooling = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
    results.push(isPooled ? g.op('AveragePool', [convolved], pooling) : convolved);
  }
  return results;
}

interface LayerPlace {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** A fully connected layer: [batch, inputs] → [batch, outputs]. */
function connected({ g, weights }: Parts, input: Value, { name, inputs, outputs }: LayerPlace): Value {
  const dims = [outputs, inputs];
  const weight = g.floats(`${name}.weight`, dims, readTensor(weights, `${name}.weight`, dims));
  const bias = g.floats(`${name}.bias`, [outputs], readTensor(weights, `${name}.bias`, [outputs]));
  return g.op('Gemm', [input, weight, bias], { transB: { int: 1 } });
}

/** Mean over mels, then maximum plus mean over time, then the fully connected layer with ReLU: [batch, dims]. */
function embed(parts: Parts, features: Value): Value {
  const { g, layout } = parts;
  const over = (axis: number): Parameters<GraphBuilder['op']>[2] => ({ axes: { ints: [axis] }, keepdims: { int: 0 } });
  const byTime = g.op('ReduceMean', [features], over(3));
  const pooled = g.op('Add', [g.op('ReduceMax', [byTime], over(2)), g.op('ReduceMean', [byTime], over(2))]);
  const inputs = layout.channels.at(-1) ?? 0;
  return g.op('Relu', [connected(parts, pooled, { name: 'fc1', inputs, outputs: layout.dims })]);
}

/** Probability of each class: [batch, classes]. */
function tag(parts: Parts, embedding: Value): Value {
  const { dims, classes } = parts.layout;
  return parts.g.op('Sigmoid', [connected(parts, embedding, { name: 'fc_audioset', inputs: dims, outputs: classes })]);
}

/** Mean of each channel of the two blocks before the last, over time and mels: [batch, channels of both]. */
function midLevel(parts: Parts, image: Value): Value {
  const { g, layout } = parts;
  const middle = blocks(parts, image, layout.channels.length - 1).slice(-2);
  const means = middle.map((value) => g.op('ReduceMean', [value], { axes: { ints: [2, 3] }, keepdims: { int: 0 } }));
  return g.op('Concat', means, { axis: { int: 1 } });
}

export interface PannsGraphOptions {
  /** Space id, becomes the graph's name. */
  readonly id: string;
  readonly layout: PannsLayout;
  /** The network's own embedding with the tags, or `mid_level` alone, for which the last block is left out. */
  readonly vector?: PannsVector;
  /** Further `metadata_props`, such as source and licence of the weights. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * PANNs' Cnn14, Cnn10 or Cnn6: `waveform` float32 [batch, samples], any number of samples from `minSamples` on, →
 * `embedding` float32 [batch, dims], not negative, not normalised, and `clipwise` float32 [batch, classes], the
 * probability of each class. Formulas: Kong et al. 2020 and the authors' evaluation code (torchlibrosa front-end).
 * With `vector: 'mid-level'` only `mid_level` float32 [batch, channels of the two blocks before the last].
 * @param weights tensors named as in a checkpoint; see `pannsWeightShapes`
 * @throws Error naming a tensor that is missing or of another size
 */
export function pannsGraph(weights: NamedTensors, options: PannsGraphOptions): Model {
  const { id, layout, vector = 'embedding', metadata = {} } = options;
  const g = createGraphBuilder();
  const parts = { g, layout, weights };
  const image = normalisedLogMel(parts, g.input('waveform', ['batch', 'samples']));
  if (vector === 'mid-level') g.output('mid_level', midLevel(parts, image), ['batch', midLevelDims(layout)]);
  else {
    const embedding = embed(parts, blocks(parts, image, layout.channels.length).at(-1) ?? image);
    g.output('embedding', embedding, ['batch', layout.dims]);
    g.output('clipwise', tag(parts, embedding), ['batch', layout.classes]);
  }
  return g.build({
    name: id,
    description:
      'PANNs: log-mel spectrogram, blocks of convolutions, one vector and the probabilities of classes a window.',
    metadata: { ...metadata, min_samples: String(layout.minSamples), sample_rate: String(layout.sampleRateHz) },
  });
}
