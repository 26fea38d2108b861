// SPDX-License-Identifier: Apache-2.0
import { BATCH_NORM_EPSILON } from '../fold-batch-norm.ts';
import type { PannsLayout } from '../layout.ts';
import { type BatchNorm, convolutionNumbers, type NamedTensors, readBatchNorm, readTensor } from '../weights.ts';
import { logMel } from './log-mel.ts';

/** Channels of equal size, row-major. */
interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: readonly Float64Array[];
}

function normalise(value: number, { weight, bias, mean, variance }: BatchNorm, c: number): number {
  const deviation = Math.sqrt((variance[c] ?? 0) + BATCH_NORM_EPSILON);
  return ((value - (mean[c] ?? 0)) / deviation) * (weight[c] ?? 0) + (bias[c] ?? 0);
}

/** Adds the correlation of `channel` with a square kernel of odd size, zeros around it, to `into`. */
function correlate(channel: Float64Array, { height, width }: Image, kernel: Float32Array, into: Float64Array): void {
  const size = Math.sqrt(kernel.length);
  const reach = (size - 1) / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) {
        const [row, column] = [y + Math.floor(k / size) - reach, x + (k % size) - reach];
        const isInside = row >= 0 && row < height && column >= 0 && column < width;
        if (isInside) sum += (kernel[k] ?? 0) * (channel[row * width + column] ?? 0);
      }
      into[y * width + x] = (into[y * width + x] ?? 0) + sum;
    }
}

/** Convolution, batch normalisation, ReLU, one after the other. */
function convolve(image: Image, kernels: Float32Array, norm: BatchNorm): Image {
  const inputs = image.channels.length;
  const channels = Array.from(norm.weight, (_weight, output) => {
    const sum = new Float64Array(image.height * image.width);
    for (const [input, channel] of image.channels.entries()) {
      const size = kernels.length / (norm.weight.length * inputs);
      const at = (output * inputs + input) * size;
      correlate(channel, image, kernels.subarray(at, at + size), sum);
    }
    return sum.map((value) => Math.max(0, normalise(value, norm, output)));
  });
  return { ...image, channels };
}

/** Means of 2 × 2; an odd last row or column is dropped. */
function halve({ height, width, channels }: Image): Image {
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const pooled = channels.map((channel) =>
    Float64Array.from({ length: rows * columns }, (_, i) => {
      const at = 2 * Math.floor(i / columns) * width + 2 * (i % columns);
      return [at, at + 1, at + width, at + width + 1].reduce((sum, index) => sum + (channel[index] ?? 0), 0) / 4;
    }),
  );
  return { height: rows, width: columns, channels: pooled };
}

/** Per channel: mean over mels, then maximum plus mean over time. */
function pool({ height, width, channels }: Image): number[] {
  return channels.map((channel) => {
    const byTime = Array.from({ length: height }, (_, y) =>
      channel.subarray(y * width, (y + 1) * width).reduce((sum, value) => sum + value / width, 0),
    );
    return Math.max(...byTime) + byTime.reduce((sum, value) => sum + value / height, 0);
  });
}

/** rows · input + bias. */
function connect(input: ArrayLike<number>, weights: NamedTensors, name: string, outputs: number): Float64Array {
  const values = Array.from(input);
  const rows = readTensor(weights, `${name}.weight`, [outputs, values.length]);
  return Float64Array.from(readTensor(weights, `${name}.bias`, [outputs]), (bias, d) =>
    values.reduce((sum, value, c) => sum + value * (rows[d * values.length + c] ?? 0), bias),
  );
}

export interface PannsAnswer {
  readonly embedding: Float64Array;
  /** Probability of each class. */
  readonly clipwise: Float64Array;
  /** Mean of each channel of the two blocks before the last. */
  readonly midLevel: number[];
}

/** Embedding and tags of one window in double precision, nothing folded: what the graph must give. */
export function pannsReference(samples: Float32Array, weights: NamedTensors, layout: PannsLayout): PannsAnswer {
  const { architecture, channels, dims, classes, mel } = layout;
  const frames = logMel(samples, layout);
  const bn0 = readBatchNorm(weights, 'bn0', mel.bands);
  const start = Float64Array.from(frames.flatMap((frame) => [...frame.map((level, i) => normalise(level, bn0, i))]));
  let image: Image = { height: frames.length, width: mel.bands, channels: [start] };
  const midLevel: number[] = [];
  for (const [i, width] of channels.entries()) {
    for (const n of convolutionNumbers(layout)) {
      const block = `conv_block${i + 1}`;
      const { kernelSize } = architecture;
      const shape = [width, image.channels.length, kernelSize, kernelSize];
      const kernels = readTensor(weights, `${block}.conv${n}.weight`, shape);
      image = convolve(image, kernels, readBatchNorm(weights, `${block}.bn${n}`, width));
    }
    if (i < channels.length - 1 || architecture.isLastPooled) image = halve(image);
    if (i === channels.length - 3 || i === channels.length - 2)
      midLevel.push(
        ...image.channels.map((channel) => channel.reduce((sum, value) => sum + value / channel.length, 0)),
      );
  }
  const embedding = connect(pool(image), weights, 'fc1', dims).map((value) => Math.max(0, value));
  const clipwise = connect(embedding, weights, 'fc_audioset', classes).map((value) => 1 / (1 + Math.exp(-value)));
  return { embedding, clipwise, midLevel };
}
