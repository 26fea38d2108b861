// SPDX-License-Identifier: Apache-2.0
import { dot, type Matrix, timesTransposed } from './matrix.ts';
import { type Eigen, symmetricEigen } from './symmetric-eigen.ts';

/** The block is this many times wider than asked for, which makes the iteration converge quickly. */
const OVERSAMPLING = 2;
const ITERATIONS = 40;

/** Modified Gram–Schmidt, in place; a vector that depends on earlier ones becomes zero. */
function orthonormalise(block: Matrix): void {
  block.forEach((vector, k) => {
    const before = Math.sqrt(dot(vector, vector));
    for (const earlier of block.slice(0, k)) {
      const share = dot(vector, earlier);
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - share * (earlier[i] as number);
    }
    const norm = Math.sqrt(dot(vector, vector));
    const factor = norm > before * 1e-10 ? 1 / norm : 0;
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * factor;
  });
}

/**
 * The `count` largest eigenpairs of a symmetric positive semidefinite matrix by block power iteration and a
 * Rayleigh–Ritz step (Golub & Van Loan, §8.2–8.3). Plain arithmetic in a fixed order: the same bits on every machine.
 */
export function leadingEigenpairs(symmetric: Matrix, count: number, iterations = ITERATIONS): Eigen {
  const size = symmetric.length;
  const width = Math.min(size, OVERSAMPLING * count);
  let state = 1;
  const start = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
  let block: Matrix = Array.from({ length: width }, () => Float64Array.from({ length: size }, start));
  orthonormalise(block);
  for (let iteration = 0; iteration < iterations; iteration++) {
    block = timesTransposed(block, symmetric);
    orthonormalise(block);
  }
  const images = timesTransposed(block, symmetric);
  const { values, vectors } = symmetricEigen(timesTransposed(block, images));
  const combine = (weights: Float64Array): Float64Array =>
    Float64Array.from({ length: size }, (_, i) =>
      block.reduce((sum, row, k) => sum + (weights[k] ?? 0) * (row[i] ?? 0), 0),
    );
  return {
    values: values.slice(0, count),
    vectors: vectors.slice(0, count).map(combine),
  };
}
