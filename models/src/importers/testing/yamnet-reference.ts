// SPDX-License-Identifier: Apache-2.0
import { YAMNET } from '../../build/spaces/yamnet/graph.ts';
import type { NarrowYamnet, StoredConvolution } from './narrow-yamnet.ts';

/** Channels last, row-major. */
interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/** ln(mel · |DFT of the windowed, zero-filled frame| + 0.001), by the definition. */
function logMel(samples: Float32Array, { window, mel }: NarrowYamnet): Image {
  const { frames, frameSamples, frameHopSamples, fftSize, bins, mels } = YAMNET;
  const values = new Float64Array(frames * mels);
  for (let t = 0; t < frames; t++) {
    const magnitude = Float64Array.from({ length: bins }, (_, k) => {
      let [re, im] = [0, 0];
      for (let n = 0; n < frameSamples; n++) {
        const value = (samples[t * frameHopSamples + n] ?? 0) * (window[n] ?? 0);
        const angle = (2 * Math.PI * ((k * n) % fftSize)) / fftSize;
        re += value * Math.cos(angle);
        im -= value * Math.sin(angle);
      }
      return Math.hypot(re, im);
    });
    for (let band = 0; band < mels; band++)
      values[t * mels + band] = Math.log(magnitude.reduce((sum, m, k) => sum + m * (mel[band * bins + k] ?? 0), 0.001));
  }
  return { height: frames, width: mels, channels: 1, values };
}

/** Where the kernel starts so that SAME padding comes out; an odd zero goes behind. */
const startOf = (size: number, kernel: number, stride: number): number =>
  -Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0) / 2);

/** A value of an image, 0 outside. */
function valueAt({ height, width, channels, values }: Image, row: number, column: number, channel: number): number {
  const isInside = row >= 0 && row < height && column >= 0 && column < width;
  return isInside ? (values[(row * width + column) * channels + channel] as number) : 0;
}

function convolve(
  image: Image,
  { isDepthwise, stride, dims, kernels, scales, bias, biasScales }: StoredConvolution,
): Image {
  const [, rows, columns, inner] = dims;
  const outputs = bias.length;
  const [height, width] = [Math.ceil(image.height / stride), Math.ceil(image.width / stride)];
  const [top, left] = [startOf(image.height, rows, stride), startOf(image.width, columns, stride)];
  const inputs = isDepthwise ? 1 : inner;
  const sumAt = (y: number, x: number, output: number): number => {
    let sum = 0;
    for (let k = 0; k < rows * columns * inputs; k++) {
      const [place, input] = [Math.floor(k / inputs), k % inputs];
      const at = isDepthwise ? place * inner + output : output * rows * columns * inner + k;
      const [row, column] = [y * stride + top + Math.floor(place / columns), x * stride + left + (place % columns)];
      sum += (kernels[at] as number) * valueAt(image, row, column, isDepthwise ? output : input);
    }
    return sum * (scales[output] as number) + (bias[output] as number) * (biasScales[output] as number);
  };
  const values = Float64Array.from({ length: height * width * outputs }, (_, i) => {
    const [place, output] = [Math.floor(i / outputs), i % outputs];
    return Math.min(6, Math.max(0, sumAt(Math.floor(place / width), place % width, output)));
  });
  return { height, width, channels: outputs, values };
}

/** Embedding and scores in double precision from the stored numbers: what the graph must give. */
export function yamnetReference(
  samples: Float32Array,
  network: NarrowYamnet,
): { embedding: number[]; scores: number[] } {
  const { height, width, channels, values } = network.convolutions.reduce(convolve, logMel(samples, network));
  const embedding = Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let place = 0; place < height * width; place++) sum += values[place * channels + c] ?? 0;
    return sum / (height * width);
  });
  const { classes, rows, scale, bias, biasScale } = network.classifier;
  const scores = Array.from({ length: classes }, (_, i) => {
    const logit = embedding.reduce(
      (sum, value, c) => sum + value * (rows[i * channels + c] ?? 0) * scale,
      (bias[i] ?? 0) * biasScale,
    );
    return 1 / (1 + Math.exp(-logit));
  });
  return { embedding, scores };
}
