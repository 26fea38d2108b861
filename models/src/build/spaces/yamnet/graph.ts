// SPDX-License-Identifier: Apache-2.0
import { createGraphBuilder, type GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Model } from '../../onnx/model.ts';

/** One convolution with bias and ReLU6; batch normalisation is folded in already. */
export interface YamnetConvolution {
  readonly name: string;
  /** As many groups as channels: each channel has a kernel of its own. */
  readonly isDepthwise: boolean;
  /** [outputs, inputs (1 when depthwise), height, width], row-major. */
  readonly dims: readonly [number, number, number, number];
  readonly kernels: Float32Array;
  readonly bias: Float32Array;
  readonly stride: number;
  /** Zeros added: [top, left, bottom, right]. */
  readonly pads: readonly [number, number, number, number];
}

/** Everything that the graph is made from. */
export interface YamnetWeights {
  /** Weights of a frame's samples. */
  readonly window: Float32Array;
  /** [bands, bins], row-major. */
  readonly mel: Float32Array;
  /** Added to each band before the logarithm. */
  readonly melOffset: Float32Array;
  readonly convolutions: readonly YamnetConvolution[];
  /** [classes, dims], row-major. */
  readonly classifier: Float32Array;
  readonly classifierBias: Float32Array;
}

/** Patches of 96 frames; a frame of 25 ms every 10 ms, filled up to 512 samples. */
export const YAMNET = {
  sampleRateHz: 16_000,
  windowSamples: 15_600,
  hopSamples: 7_680,
  frameSamples: 400,
  frameHopSamples: 160,
  frames: 96,
  fftSize: 512,
  bins: 257,
  mels: 64,
} as const;

const MAX_ACTIVATION = 6;

/** Waveform [batch, samples] → |DFT| of windowed frames, [batch, frames, bins]. */
function magnitudes(g: GraphBuilder, waveform: Value, window: Float32Array): Value {
  const { bins, fftSize, frameSamples, frameHopSamples } = YAMNET;
  const kernels = Float32Array.from({ length: 2 * bins * frameSamples }, (_, i) => {
    const [row, n] = [Math.floor(i / frameSamples), i % frameSamples];
    const wave = row < bins ? Math.cos : Math.sin;
    return (window[n] ?? 0) * wave((2 * Math.PI * (((row % bins) * n) % fftSize)) / fftSize);
  });
  const channel = g.op('Unsqueeze', [waveform, g.integers('channel_axis', [1])]);
  const basis = g.floats('fourier_kernels', [2 * bins, 1, frameSamples], kernels);
  const parts = g.op('Conv', [channel, basis], { strides: { ints: [frameHopSamples] } });
  const squares = g.multi('Split', [g.op('Mul', [parts, parts])], { axis: { int: 1 } }, 2);
  return g.op('Transpose', [g.op('Sqrt', [g.op('Add', squares)])], { perm: { ints: [0, 2, 1] } });
}

/** ln of mel magnitudes, as an image: [batch, 1, frames, mels]. */
function logMel(g: GraphBuilder, waveform: Value, { window, mel, melOffset }: YamnetWeights): Value {
  const { bins, mels } = YAMNET;
  const byBin = Float32Array.from(
    { length: bins * mels },
    (_, i) => mel[(i % mels) * bins + Math.floor(i / mels)] ?? 0,
  );
  const bands = g.op('MatMul', [magnitudes(g, waveform, window), g.floats('mel_weights', [bins, mels], byBin)]);
  const level = g.op('Log', [g.op('Add', [bands, g.floats('mel_offset', [mels], melOffset)])]);
  return g.op('Unsqueeze', [level, g.integers('image_axis', [1])]);
}

function convolve(g: GraphBuilder, input: Value, convolution: YamnetConvolution): Value {
  const { name, isDepthwise, dims, kernels, bias, stride, pads } = convolution;
  const weights = g.floats(`${name}.weight`, dims, kernels);
  const sum = g.op('Conv', [input, weights, g.floats(`${name}.bias`, [dims[0]], bias)], {
    pads: { ints: pads },
    strides: { ints: [stride, stride] },
    ...(isDepthwise ? { group: { int: dims[0] } } : {}),
  });
  return g.op('Clip', [sum, g.scalar(0), g.scalar(MAX_ACTIVATION)]);
}

export interface YamnetGraphOptions {
  /** Space id, becomes the graph's name. */
  readonly id: string;
  /** Further `metadata_props`, such as source and licence of the weights. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * YAMNet (Google, 2019; MobileNet v1 on log-mel patches) in single precision: `waveform` float32 [batch, 15600] at 16 kHz →
 * `embedding` float32 [batch, 1024], each 0…6, and `scores` float32 [batch, classes], the probability of each class.
 */
export function yamnetGraph(weights: YamnetWeights, { id, metadata = {} }: YamnetGraphOptions): Model {
  const { windowSamples, sampleRateHz } = YAMNET;
  const g = createGraphBuilder();
  const image = logMel(g, g.input('waveform', ['batch', windowSamples]), weights);
  const features = weights.convolutions.reduce((input, convolution) => convolve(g, input, convolution), image);
  const embedding = g.op('ReduceMean', [features], { axes: { ints: [2, 3] }, keepdims: { int: 0 } });
  const classes = weights.classifierBias.length;
  const dims = weights.classifier.length / classes;
  const rows = g.floats('classifier.weight', [classes, dims], weights.classifier);
  const logits = g.op('Gemm', [embedding, rows, g.floats('classifier.bias', [classes], weights.classifierBias)], {
    transB: { int: 1 },
  });
  g.output('embedding', embedding, ['batch', dims]);
  g.output('scores', g.op('Sigmoid', [logits]), ['batch', classes]);
  return g.build({
    name: id,
    description:
      'YAMNet: log-mel patch, depthwise separable convolutions, one vector and the probabilities of classes.',
    metadata: { ...metadata, min_samples: String(windowSamples), sample_rate: String(sampleRateHz) },
  });
}
