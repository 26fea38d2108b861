// SPDX-License-Identifier: Apache-2.0
import type { BatchNorm } from './weights.ts';

/** Added to the variance, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;

export interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** γ·(x − μ)/√(σ² + ε) + β as scale·x + shift, one of each a channel. */
export function batchNormAffine({ weight, bias, mean, variance }: BatchNorm): Affine {
  const scale = weight.map((gamma, c) => gamma / Math.sqrt((variance[c] ?? 0) + BATCH_NORM_EPSILON));
  return { scale, shift: bias.map((beta, c) => beta - (mean[c] ?? 0) * (scale[c] ?? 0)) };
}

/** Kernels [channels, …] and bias of a convolution without bias that is followed by batch normalisation: one convolution. */
export function foldBatchNorm(
  kernels: Float32Array,
  norm: BatchNorm,
): { readonly kernels: Float32Array; readonly bias: Float32Array } {
  const { scale, shift } = batchNormAffine(norm);
  const size = kernels.length / scale.length;
  const folded = kernels.slice();
  for (const [channel, factor] of scale.entries())
    for (let i = channel * size; i < (channel + 1) * size; i++) folded[i] = (folded[i] ?? 0) * factor;
  return { kernels: folded, bias: shift };
}
