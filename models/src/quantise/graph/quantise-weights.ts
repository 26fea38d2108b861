// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '../../build/onnx/model.ts';

/** Weights as 8-bit numbers: weight ≈ value · scale of its output. */
export interface NarrowWeights {
  readonly values: Int8Array;
  /** One for each output. */
  readonly scales: Float32Array;
  /** In units of input scale · scale of the output; undefined when there is none. */
  readonly bias: Int32Array | undefined;
}

export interface WeightOptions {
  /** Dimension of the weights that counts the outputs. */
  readonly axis: number;
  /** Largest size of a number: 127, or 63 with seven bits. */
  readonly largest: number;
  /** Scale of the data that they are multiplied with. */
  readonly inputScale: number;
  readonly bias: Float32Array | undefined;
}

/** A bias may take this many units, so that sums of 32 bits do not run over. */
const MAX_BIAS_UNITS = 2 ** 30;

/** Number of the output that the value at an offset belongs to. */
function outputOf(dims: readonly number[], axis: number): (offset: number) => number {
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const outputs = dims[axis] ?? 1;
  return (offset) => Math.floor(offset / inner) % outputs;
}

/** Symmetric, a scale for each output: zero stays zero, and no product needs an offset. */
export function quantiseWeights(weights: Tensor, options: WeightOptions): NarrowWeights {
  const { axis, largest, inputScale, bias } = options;
  const data = weights.data as Float32Array;
  const output = outputOf(weights.dims, axis);
  const sizes = new Float64Array(weights.dims[axis] ?? 1);
  data.forEach((value, i) => {
    const o = output(i);
    if (Math.abs(value) > (sizes[o] ?? 0)) sizes[o] = Math.abs(value);
  });
  const scales = Float32Array.from(sizes, (size, o) => {
    const forBias = Math.abs(bias?.[o] ?? 0) / (inputScale * MAX_BIAS_UNITS);
    return Math.max(size / largest, forBias) || 1;
  });
  const values = Int8Array.from(data, (value, i) => Math.round(value / (scales[output(i)] ?? 1)));
  const units = bias && Int32Array.from(bias, (value, o) => Math.round(value / (inputScale * (scales[o] ?? 1))));
  return { values, scales, bias: units };
}
