// SPDX-License-Identifier: Apache-2.0
import type { PannsLayout } from './layout.ts';

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

type Shape = [name: string, dims: number[]];

const batchNormShapes = (name: string, size: number): Shape[] =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [size]]);

/** Names of a block's convolutions and their normalisations: 1, or 1 and 2. */
export const convolutionNumbers = ({ architecture }: PannsLayout): readonly number[] =>
  Array.from({ length: architecture.convolutions }, (_, i) => i + 1);

/**
 * Name → shape of every tensor that embedding and tags depend on, named and ordered as in a checkpoint of PANNs. Its STFT
 * and mel tensors are missing, because the graph computes them.
 */
export function pannsWeightShapes(layout: PannsLayout): ReadonlyMap<string, readonly number[]> {
  const { architecture, mel, channels, dims, classes } = layout;
  const { kernelSize } = architecture;
  const numbers = convolutionNumbers(layout);
  const blocks = channels.flatMap((width, i): Shape[] => {
    const block = `conv_block${i + 1}`;
    const inputs = (n: number): number => (n === 1 ? (channels[i - 1] ?? 1) : width);
    return [
      ...numbers.map((n): Shape => [`${block}.conv${n}.weight`, [width, inputs(n), kernelSize, kernelSize]]),
      ...numbers.flatMap((n) => batchNormShapes(`${block}.bn${n}`, width)),
    ];
  });
  return new Map([
    ...batchNormShapes('bn0', mel.bands),
    ...blocks,
    ['fc1.weight', [dims, channels.at(-1) ?? 0]],
    ['fc1.bias', [dims]],
    ['fc_audioset.weight', [classes, dims]],
    ['fc_audioset.bias', [classes]],
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
