// SPDX-License-Identifier: Apache-2.0
import { leadingEigenpairs } from './algebra/leading-eigenpairs.ts';
import { columnMeans, covariance, dot, type Matrix, timesTransposed, transpose } from './algebra/matrix.ts';
import { symmetricEigen } from './algebra/symmetric-eigen.ts';

/** Rows whose classes are known. */
export interface LabelledRows {
  readonly rows: Matrix;
  /** One a row; at least two rows of each. */
  readonly labels: readonly string[];
}

/** Rows of another origin, such as somebody's own recordings, that have a say. */
export interface FurtherRows {
  /** They decide, with the others, which principal components are kept. */
  readonly rows: Matrix;
  /** Rows that belong together, two or more a group, such as parts of one recording: further classes. */
  readonly groups: readonly Matrix[];
  /** Their share in every covariance, 0…1. */
  readonly weight: number;
}

interface DiscriminantOptions {
  /** Directions to keep; below the number of classes. */
  readonly dims: number;
  /** Principal components kept before classes are looked at. */
  readonly components: number;
  /** Share of the within-class covariance replaced by a multiple of the identity, 0…1. */
  readonly shrinkage: number;
  readonly further?: FurtherRows | undefined;
}

/** An operator waits for these: after eight rounds the vectors agree with those after forty to 1e-6 (cosine). */
const FURTHER_ITERATIONS = 8;

/** Mean over groups of rows of their covariance, each divided by `divisor` of its group. */
function meanCovariance(groups: readonly Matrix[], divisor: (group: Matrix) => number = () => 1): Float64Array[] {
  const size = groups[0]?.[0]?.length ?? 0;
  const total = Array.from({ length: size }, () => new Float64Array(size));
  for (const group of groups) {
    const by = divisor(group);
    covariance(group).forEach((row, i) => {
      const sums = total[i] as Float64Array;
      for (let j = 0; j < size; j++) sums[j] = (sums[j] as number) + (row[j] as number) / by;
    });
  }
  return total.map((row) => row.map((value) => value / groups.length));
}

/** (1 − share) · a + share · b */
const mix = (a: Matrix, b: Matrix, share: number): Float64Array[] =>
  a.map((row, i) => row.map((value, j) => (1 - share) * value + share * (b[i]?.[j] ?? 0)));

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

function principalDirections(rows: Matrix, { components, further }: DiscriminantOptions): readonly Float64Array[] {
  const total = covariance(rows);
  if (!further) return leadingEigenpairs(total, components).vectors;
  const mixed = mix(total, covariance(further.rows), further.weight);
  return leadingEigenpairs(mixed, components, FURTHER_ITERATIONS).vectors;
}

/** Covariance of means of few rows, less what the spread of those rows adds to it. */
function betweenGroups(groups: readonly Matrix[]): Float64Array[] {
  const noise = meanCovariance(groups, (group) => group.length);
  return covariance(groups.map(columnMeans)).map((row, i) => row.map((value, j) => value - (noise[i]?.[j] ?? 0)));
}

/** Within-class covariance whitened, then the directions in which class means differ most, and by how much. */
function discriminants(
  classes: readonly Matrix[],
  { groups, weight }: Pick<FurtherRows, 'groups' | 'weight'>,
  shrinkage: number,
) {
  const ofClasses = meanCovariance(classes);
  const hasGroups = groups.length > 1;
  const within = hasGroups ? mix(ofClasses, meanCovariance(groups), weight) : ofClasses;
  const whitening = inverseSquareRoot(shrink(within, shrinkage));
  const between = covariance(timesTransposed(classes.map(columnMeans), whitening));
  const whitened = groups.map((group) => timesTransposed(group, whitening));
  const mixed = hasGroups ? mix(between, betweenGroups(whitened), weight) : between;
  return { whitening, ...symmetricEigen(mixed) };
}

/**
 * Linear discriminant analysis (Fisher 1936; Hastie et al., Elements of Statistical Learning, §4.3) behind a principal
 * component analysis: within-class covariance whitened, then the directions in which class means differ most. Direction
 * i with between-class variance b is weighted by √(b / (1 + b)), the share of its variance that tells classes apart,
 * so weak directions fade out instead of ending at a cut.
 * @returns `dims` directions over the columns of the rows
 */
export function discriminantProjection({ rows, labels }: LabelledRows, options: DiscriminantOptions): Float64Array[] {
  const { dims, shrinkage, further } = options;
  const principal = principalDirections(rows, options);
  const classes = byClass(timesTransposed(rows, principal), labels);
  const groups = further?.groups.map((group) => timesTransposed(group, principal)) ?? [];
  const { whitening, values, vectors } = discriminants(classes, { groups, weight: further?.weight ?? 0 }, shrinkage);
  const columns = transpose(principal);
  return vectors.slice(0, dims).map((direction, i) => {
    const variance = Math.max(0, values[i] ?? 0);
    const weight = Math.sqrt(variance / (1 + variance));
    const inComponents = Float64Array.from(whitening, (row) => weight * dot(row, direction));
    return withPositivePeak(Float64Array.from(columns, (column) => dot(column, inComponents)));
  });
}
