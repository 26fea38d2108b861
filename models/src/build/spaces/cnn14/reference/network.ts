// SPDX-License-Identifier: Apache-2.0
import { BATCH_NORM_EPSILON } from '../fold-batch-norm.ts';
import type { Cnn14Layout } from '../layout.ts';
import { type BatchNorm, type NamedTensors, readBatchNorm, readTensor } from '../weights.ts';
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

/** Adds the 3 × 3 correlation of `channel` with nine weights, zeros around it, to `into`. */
function correlate(channel: Float64Array, { height, width }: Image, kernel: Float32Array, into: Float64Array): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < 9; k++) {
        const [row, column] = [y + Math.floor(k / 3) - 1, x + (k % 3) - 1];
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
      const at = (output * inputs + input) * 9;
      correlate(channel, image, kernels.subarray(at, at + 9), sum);
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

/** The embedding of one window in double precision, nothing folded: what the graph must give. */
export function cnn14Embedding(samples: Float32Array, weights: NamedTensors, layout: Cnn14Layout): Float64Array {
  const frames = logMel(samples, layout);
  const bn0 = readBatchNorm(weights, 'bn0', layout.mel.bands);
  const start = Float64Array.from(
    frames.flatMap((frame) => [...frame.map((level, mel) => normalise(level, bn0, mel))]),
  );
  let image: Image = { height: frames.length, width: layout.mel.bands, channels: [start] };
  for (const [i, width] of layout.channels.entries()) {
    for (const n of [1, 2]) {
      const block = `conv_block${i + 1}`;
      const kernels = readTensor(weights, `${block}.conv${n}.weight`, [width, image.channels.length, 3, 3]);
      image = convolve(image, kernels, readBatchNorm(weights, `${block}.bn${n}`, width));
    }
    if (i < layout.channels.length - 1) image = halve(image);
  }
  const pooled = pool(image);
  const rows = readTensor(weights, 'fc1.weight', [layout.dims, pooled.length]);
  return Float64Array.from(readTensor(weights, 'fc1.bias', [layout.dims]), (bias, d) =>
    Math.max(
      0,
      pooled.reduce((sum, value, c) => sum + value * (rows[d * pooled.length + c] ?? 0), bias),
    ),
  );
}
