// SPDX-License-Identifier: Apache-2.0
import type { Matrix } from './matrix.ts';

export interface Eigen {
  /** Descending. */
  readonly values: readonly number[];
  /** Unit eigenvectors, in the order of `values`. */
  readonly vectors: readonly Float64Array[];
}

const at = (row: Float64Array | undefined, i: number): number => row?.[i] ?? 0;

/** Rotates rows p and q: (x, y) → (cos·x − sin·y, sin·x + cos·y). */
function rotateRows(matrix: Matrix, p: number, q: number, [cos, sin]: readonly [number, number]): void {
  const rowP = matrix[p] as Float64Array;
  const rowQ = matrix[q] as Float64Array;
  for (let i = 0; i < rowP.length; i++) {
    const x = at(rowP, i);
    const y = at(rowQ, i);
    rowP[i] = cos * x - sin * y;
    rowQ[i] = sin * x + cos * y;
  }
}

function rotateColumns(matrix: Matrix, p: number, q: number, [cos, sin]: readonly [number, number]): void {
  for (const row of matrix) {
    const x = at(row, p);
    const y = at(row, q);
    row[p] = cos * x - sin * y;
    row[q] = sin * x + cos * y;
  }
}

/** Cosine and sine of the rotation that zeroes element (p, q) (Golub & Van Loan, Matrix Computations, §8.5). */
function jacobiRotation(pp: number, qq: number, pq: number): readonly [number, number] {
  const tau = (qq - pp) / (2 * pq);
  const t = Math.sign(tau || 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const cos = 1 / Math.sqrt(1 + t * t);
  return [cos, t * cos];
}

/**
 * All eigenpairs of a symmetric matrix by cyclic Jacobi rotations: plain arithmetic in a fixed order,
 * hence the same bits on every machine.
 */
export function symmetricEigen(symmetric: Matrix): Eigen {
  const size = symmetric.length;
  const a = symmetric.map((row) => Float64Array.from(row));
  const vectors = a.map((_, i) => Float64Array.from({ length: size }, (_column, j) => (i === j ? 1 : 0)));
  const norm = Math.sqrt(a.reduce((total, row) => total + row.reduce((sum, value) => sum + value * value, 0), 0));
  const negligible = (norm / size) * 1e-15;
  for (let rotations = 1; rotations > 0; ) {
    rotations = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const pq = at(a[p], q);
        if (Math.abs(pq) <= negligible) continue;
        const rotation = jacobiRotation(at(a[p], p), at(a[q], q), pq);
        rotateRows(a, p, q, rotation);
        rotateColumns(a, p, q, rotation);
        rotateRows(vectors, p, q, rotation);
        rotations++;
      }
    }
  }
  const order = a.map((row, i) => ({ value: at(row, i), vector: vectors[i] as Float64Array }));
  order.sort((x, y) => y.value - x.value);
  return { values: order.map(({ value }) => value), vectors: order.map(({ vector }) => vector) };
}
