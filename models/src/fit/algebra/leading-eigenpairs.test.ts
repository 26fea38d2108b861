// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { leadingEigenpairs } from './leading-eigenpairs.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Σ weight · v·vᵀ over a few random directions: positive semidefinite, of low rank. */
function covariance(size: number, rank: number): Float64Array[] {
  const directions = Array.from({ length: rank }, (_, k) =>
    Float64Array.from({ length: size }, (_value, i) => 0.8 ** k * Math.cos((k + 1) * i * i)),
  );
  return Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_column, j) => directions.reduce((sum, v) => sum + v[i]! * v[j]!, 0)),
  );
}

describe('leadingEigenpairs', () => {
  test('agrees with the full decomposition', () => {
    const matrix = covariance(60, 40);
    const full = symmetricEigen(matrix);
    const leading = leadingEigenpairs(matrix, 8);
    leading.vectors.forEach((vector, k) => {
      expect(leading.values[k]).toBeCloseTo(full.values[k]!, 9);
      const cosine = vector.reduce((sum, value, i) => sum + value * full.vectors[k]![i]!, 0);
      expect(Math.abs(cosine)).toBeCloseTo(1, 9);
    });
  });

  test('stays finite beyond the rank', () => {
    const { values, vectors } = leadingEigenpairs(covariance(30, 5), 8);
    expect(values[6]).toBeCloseTo(0, 9);
    expect(vectors.every((vector) => vector.every(Number.isFinite))).toBe(true);
  });
});
