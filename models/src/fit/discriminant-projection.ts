// SPDX-License-Identifier: Apache-2.0
import { leadingEigenpairs } from './algebra/leading-eigenpairs.ts';
import { columnMeans, covariance, dot, type Matrix, timesTransposed, transpose } from './algebra/matrix.ts';
import { symmetricEigen } from './algebra/symmetric-eigen.ts';

interface DiscriminantOptions {
  /** Directions to keep; below the number of classes. */
  readonly dims: number;
  /** Principal components kept before classes are looked at. */
  readonly components: number;
  /** Share of the within-class covariance replaced by a multiple of the identity, 0…1. */
  readonly shrinkage: number;
}

const meanOf = (matrices: readonly Matrix[]): Float64Array[] =>
  (matrices[0] ?? []).map((row, i) =>
    row.map((_, j) => matrices.reduce((sum, matrix) => sum + (matrix[i]?.[j] ?? 0), 0) / matrices.length),
  );

function shrink(matrix: Matrix, share: number): Float64Array[] {
  const level = matrix.reduce((trace, row, i) => trace + (row[i] ?? 0), 0) / matrix.length;
  return matrix.map((row, i) => row.map((value, j) => (1 - share) * value + (i === j ? share * level : 0)));
}

/** The symmetric inverse square root of a positive definite matrix. */
function inverseSquareRoot(matrix: Matrix): Float64Array[] {
  const { values, vectors } = symmetricEigen(matrix);
  const scaled = vectors.map((vector, i) => vector.map((value) => value / Math.sqrt(values[i] ?? 1)));
  return timesTransposed(transpose(scaled), transpose(vectors));
}

function byClass(rows: Matrix, labels: readonly string[]): Float64Array[][] {
  const classes = new Map<string, Float64Array[]>();
  rows.forEach((row, i) => {
    const label = labels[i] ?? '';
    classes.set(label, [...(classes.get(label) ?? []), row]);
  });
  return [...classes.values()];
}

/** Directions have no sign of their own: the component of largest magnitude is made positive. */
function withPositivePeak(vector: Float64Array): Float64Array {
  const peak = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return peak < 0 ? vector.map((value) => -value) : vector;
}

/**
 * Linear discriminant analysis (Fisher 1936; Hastie et al., Elements of Statistical Learning, §4.3) behind a principal
 * component analysis: within-class covariance whitened, then the directions in which class means differ most. Direction
 * i with between-class variance b is weighted by √(b / (1 + b)), the share of its variance that tells classes apart,
 * so weak directions fade out instead of ending at a cut.
 * @param rows at least two of each class
 * @returns `dims` directions over the columns of `rows`
 */
export function discriminantProjection(
  rows: Matrix,
  labels: readonly string[],
  { dims, components, shrinkage }: DiscriminantOptions,
): Float64Array[] {
  const principal = leadingEigenpairs(covariance(rows), components).vectors;
  const classes = byClass(timesTransposed(rows, principal), labels);
  const whitening = inverseSquareRoot(shrink(meanOf(classes.map(covariance)), shrinkage));
  const between = symmetricEigen(covariance(timesTransposed(classes.map(columnMeans), whitening)));
  const columns = transpose(principal);
  return between.vectors.slice(0, dims).map((direction, i) => {
    const variance = Math.max(0, between.values[i] ?? 0);
    const weight = Math.sqrt(variance / (1 + variance));
    const inComponents = Float64Array.from(whitening, (row) => weight * dot(row, direction));
    return withPositivePeak(Float64Array.from(columns, (column) => dot(column, inComponents)));
  });
}
