// SPDX-License-Identifier: Apache-2.0
import { QueryInvalidError } from './query-invalid-error.ts';

/** How strongly "unlike" examples push away (Rocchio's γ against β = 1). */
const UNLIKE_WEIGHT = 0.5;

function mean(vectors: readonly Float32Array[], dims: number): Float64Array {
  const sum = new Float64Array(dims);
  for (const vector of vectors) for (let i = 0; i < dims; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  return sum.map((value) => value / Math.max(1, vectors.length));
}

/**
 * Query vector of examples: unit(mean of `like` − 0.5 · mean of `unlike`).
 * @throws QueryInvalidError when nothing is left to look for
 */
export function combineVectors(like: readonly Float32Array[], unlike: readonly Float32Array[]): Float32Array {
  const [first] = like;
  if (!first) throw new QueryInvalidError('Name at least one recording that the result should be like');
  const positive = mean(like, first.length);
  const negative = mean(unlike, first.length);
  const combined = positive.map((value, i) => value - UNLIKE_WEIGHT * (negative[i] ?? 0));
  const norm = Math.hypot(...combined);
  if (norm < 1e-6) throw new QueryInvalidError('The examples cancel each other out');
  return Float32Array.from(combined, (value) => value / norm);
}
