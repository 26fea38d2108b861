// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from './symmetric-eigen.ts';

describe('symmetricEigen', () => {
  test('solves a matrix with known eigenvalues', () => {
    const { values, vectors } = symmetricEigen([Float64Array.of(2, 1), Float64Array.of(1, 2)]);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(Math.abs(vectors[0]![0]!)).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test('gives orthonormal vectors that satisfy A·v = λ·v, largest first', () => {
    const size = 24;
    const a = Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: size }, (_column, j) => Math.cos(i * j) + Math.cos(i + j) + (i === j ? i : 0)),
    );
    const { values, vectors } = symmetricEigen(a);
    expect([...values].sort((x, y) => y - x)).toEqual(values);
    vectors.forEach((vector, k) => {
      a.forEach((row, i) => {
        const product = row.reduce((sum, value, j) => sum + value * vector[j]!, 0);
        expect(product).toBeCloseTo(values[k]! * vector[i]!, 9);
      });
      expect(vector.reduce((sum, value, i) => sum + value * vectors[0]![i]!, 0)).toBeCloseTo(k === 0 ? 1 : 0, 10);
    });
  });
});
