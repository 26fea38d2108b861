// SPDX-License-Identifier: Apache-2.0
import type { PannsLayout } from './layout.ts';
import { pannsWeightShapes } from './weights.ts';

/** Numerical Recipes' 32-bit linear congruential generator: uniform −1…1. */
function createUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
}

/** Centre and largest deviation of the values of a tensor. */
interface Spread {
  readonly centre: number;
  readonly reach: number;
}

/** Level and spread of a log-mel spectrogram in dB: bn0 brings it near mean 0, variance 1. */
const LOG_MEL = { mean: { centre: -30, reach: 10 }, variance: { centre: 400, reach: 100 } };
const SPREADS: Readonly<Record<string, Spread>> = {
  weight: { centre: 1, reach: 0.2 },
  bias: { centre: 0, reach: 0.1 },
  running_mean: { centre: 0, reach: 0.1 },
  running_var: { centre: 1, reach: 0.2 },
};

/** Kernels keep the variance of a rectified input (He et al. 2015): uniform in ±√(6 / inputs). */
function spreadOf(name: string, dims: readonly number[]): Spread {
  if (name === 'bn0.running_mean') return LOG_MEL.mean;
  if (name === 'bn0.running_var') return LOG_MEL.variance;
  const inputs = dims.slice(1).reduce((product, dim) => product * dim, 1);
  if (dims.length > 1) return { centre: 0, reach: Math.sqrt(6 / inputs) };
  return SPREADS[name.split('.').at(-1) ?? ''] ?? { centre: 0, reach: 0.1 };
}

/**
 * Weights of the right names and sizes that mean nothing: the same for equal seeds. For measuring speed and for tests of
 * everything that does not need a trained network.
 */
export function randomPannsWeights(layout: PannsLayout, seed: number): ReadonlyMap<string, Float32Array> {
  const uniform = createUniform(seed);
  const tensors = new Map<string, Float32Array>();
  for (const [name, dims] of pannsWeightShapes(layout)) {
    const { centre, reach } = spreadOf(name, dims);
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    for (let i = 0; i < values.length; i++) values[i] = centre + reach * uniform();
    tensors.set(name, values);
  }
  return tensors;
}
