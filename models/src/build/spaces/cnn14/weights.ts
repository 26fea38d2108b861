// SPDX-License-Identifier: Apache-2.0
import type { Cnn14Layout } from './layout.ts';

/** Where weights come from: a Map, or a checkpoint that reads each tensor when it is asked for. */
export interface NamedTensors {
  /** Row-major values, not changed afterwards; undefined when there is no tensor of that name. */
  get(name: string): Float32Array | undefined;
}

/** A linear batch normalisation as a checkpoint holds it. */
export interface BatchNorm {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const batchNormShapes = (name: string, size: number): [string, number[]][] =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [size]]);

/**
 * Name → shape of every tensor that the embedding depends on, named and ordered as in a checkpoint of PANNs. Its STFT and
 * mel tensors are missing, because the graph computes them; so is the classifier.
 */
export function cnn14WeightShapes({ mel, channels, dims }: Cnn14Layout): ReadonlyMap<string, readonly number[]> {
  const blocks = channels.flatMap((width, i): [string, number[]][] => {
    const block = `conv_block${i + 1}`;
    return [
      [`${block}.conv1.weight`, [width, channels[i - 1] ?? 1, 3, 3]],
      [`${block}.conv2.weight`, [width, width, 3, 3]],
      ...batchNormShapes(`${block}.bn1`, width),
      ...batchNormShapes(`${block}.bn2`, width),
    ];
  });
  return new Map([
    ...batchNormShapes('bn0', mel.bands),
    ...blocks,
    ['fc1.weight', [dims, channels.at(-1) ?? 0]],
    ['fc1.bias', [dims]],
  ]);
}

/**
 * A tensor by its name, its size checked.
 * @throws Error naming the tensor
 */
export function readTensor(weights: NamedTensors, name: string, dims: readonly number[]): Float32Array {
  const values = weights.get(name);
  if (!values) throw new Error(`the weights have no tensor ${name}`);
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (values.length !== size) throw new Error(`${name} has ${values.length} values, not ${dims.join(' × ')}`);
  return values;
}

export function readBatchNorm(weights: NamedTensors, name: string, size: number): BatchNorm {
  const part = (suffix: string): Float32Array => readTensor(weights, `${name}.${suffix}`, [size]);
  return { weight: part('weight'), bias: part('bias'), mean: part('running_mean'), variance: part('running_var') };
}
