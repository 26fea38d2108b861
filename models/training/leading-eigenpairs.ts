// SPDX-License-Identifier: Apache-2.0
import { type Eigen, symmetricEigen } from './symmetric-eigen.ts';

type Rows = readonly Float64Array[];

/** The block is this many times wider than asked for, which makes the iteration converge quickly. */
const OVERSAMPLING = 3;
const ITERATIONS = 40;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Modified Gram–Schmidt, in place; a vector that depends on earlier ones becomes zero. */
function orthonormalise(block: Rows): void {
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

const multiply = (symmetric: Rows, block: Rows): Float64Array[] =>
  block.map((vector) => Float64Array.from(symmetric, (row) => dot(row, vector)));

/**
 * The `count` largest eigenpairs of a symmetric positive semidefinite matrix by block power iteration and a
 * Rayleigh–Ritz step (Golub & Van Loan, §8.2–8.3). Plain arithmetic in a fixed order: the same bits on every machine.
 */
export function leadingEigenpairs(symmetric: Rows, count: number): Eigen {
  const size = symmetric.length;
  const width = Math.min(size, OVERSAMPLING * count);
  let state = 1;
  const start = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
  let block: Rows = Array.from({ length: width }, () => Float64Array.from({ length: size }, start));
  orthonormalise(block);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    block = multiply(symmetric, block);
    orthonormalise(block);
  }
  const images = multiply(symmetric, block);
  const { values, vectors } = symmetricEigen(block.map((row) => Float64Array.from(images, (image) => dot(row, image))));
  const combine = (weights: Float64Array): Float64Array =>
    Float64Array.from({ length: size }, (_, i) =>
      block.reduce((sum, row, k) => sum + (weights[k] ?? 0) * (row[i] ?? 0), 0),
    );
  return {
    values: values.slice(0, count),
    vectors: vectors.slice(0, count).map((vector) => withPositivePeak(combine(vector))),
  };
}

/** Eigenvectors have no sign of their own: the component of largest magnitude is made positive. */
function withPositivePeak(vector: Float64Array): Float64Array {
  const peak = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return peak < 0 ? vector.map((value) => -value) : vector;
}
