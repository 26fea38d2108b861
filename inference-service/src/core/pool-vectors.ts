// SPDX-License-Identifier: Apache-2.0
import type { Pooling } from '@earshot/models';

/** Below this length a vector has no direction worth keeping. */
const NO_DIRECTION = 1e-9;

export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/** The same direction with length 1; a vector without direction comes back as null. */
export function toUnitLength(vector: Float32Array): Float32Array | null {
  const length = lengthOf(vector);
  return length > NO_DIRECTION ? vector.map((value) => value / length) : null;
}

export interface VectorPool {
  add(vector: Float32Array): void;
  /** Pooled vector, or null when none was added. */
  result(): Float32Array | null;
}

/** Element-wise mean (summed in float64) or maximum of vectors of equal length, as they come. */
export function createVectorPool(dims: number, pooling: Pooling): VectorPool {
  const pooled = new Float64Array(dims).fill(pooling === 'max' ? Number.NEGATIVE_INFINITY : 0);
  let count = 0;
  return {
    add: (vector) => {
      count += 1;
      for (let d = 0; d < dims; d++) {
        const value = vector[d] ?? 0;
        pooled[d] = pooling === 'max' ? Math.max(pooled[d] ?? 0, value) : (pooled[d] ?? 0) + value;
      }
    },
    result: () => {
      if (count === 0) return null;
      return Float32Array.from(pooled, (value) => (pooling === 'max' ? value : value / count));
    },
  };
}
