// SPDX-License-Identifier: Apache-2.0
import { SPECTRAL, type SpectralConstants } from '../../src/build/spaces/spectral/parameters.ts';
import { leadingEigenpairs } from '../leading-eigenpairs.ts';

/** Interquartile range of a normal distribution with standard deviation 1. */
const NORMAL_IQR = 1.349;

const round = (step: number) => (value: number) => Math.round(value / step) * step;
const at = (row: Float64Array | undefined, i: number): number => row?.[i] ?? 0;

/** Quantile with linear interpolation of ascending values. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  return (
    at(sorted, below) + (position - below) * (at(sorted, Math.min(below + 1, sorted.length - 1)) - at(sorted, below))
  );
}

interface Standardisation {
  readonly median: Float64Array;
  readonly scale: Float64Array;
}

function robustStandardisation(rows: readonly Float64Array[]): Standardisation {
  const columns = Array.from({ length: SPECTRAL.statistics }, (_, i) =>
    Float64Array.from(rows, (row) => at(row, i)).sort(),
  );
  const spread = columns.map((column) => (quantile(column, 0.75) - quantile(column, 0.25)) / NORMAL_IQR);
  return {
    median: Float64Array.from(columns, (column) => round(1e-5)(quantile(column, 0.5))),
    scale: Float64Array.from(spread, (value) => round(1e-5)(1 / Math.max(value, 1e-3))),
  };
}

function standardise(rows: readonly Float64Array[], { median, scale }: Standardisation): Float64Array[] {
  const limit = SPECTRAL.clip;
  return rows.map((row) =>
    row.map((value, i) => Math.min(limit, Math.max(-limit, (value - at(median, i)) * at(scale, i)))),
  );
}

function columnMeans(rows: readonly Float64Array[]): Float64Array {
  const means = new Float64Array(SPECTRAL.statistics);
  for (const row of rows) for (let i = 0; i < means.length; i++) means[i] = at(means, i) + at(row, i) / rows.length;
  return means;
}

function covariance(rows: readonly Float64Array[], means: Float64Array): Float64Array[] {
  const size = means.length;
  const matrix = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows) {
    const centred = row.map((value, i) => value - at(means, i));
    matrix.forEach((target, i) => {
      const factor = at(centred, i) / rows.length;
      for (let j = i; j < size; j++) target[j] = at(target, j) + factor * at(centred, j);
    });
  }
  matrix.forEach((row, i) => {
    for (let j = 0; j < i; j++) row[j] = at(matrix[j], i);
  });
  return matrix;
}

/**
 * Constants of the projection from statistics of generated windows: median and interquartile range, clip, principal
 * components each divided by the square root of its standard deviation (half whitening).
 * Values are rounded to a grid far above double precision and far below any effect, so that a last-bit difference
 * between machines does not change the bytes.
 * @param rows 651 statistics per window
 */
export function fitConstants(rows: readonly Float64Array[]): SpectralConstants {
  const standardisation = robustStandardisation(rows);
  const standardised = standardise(rows, standardisation);
  const means = columnMeans(standardised);
  const { values, vectors } = leadingEigenpairs(covariance(standardised, means), SPECTRAL.dims);
  const components = vectors.map((vector, i) => {
    const factor = (values[i] ?? 0) ** -0.25;
    return vector.map((value) => round(1e-7)(value * factor));
  });
  const projection = Array.from(means, (_, i) => components.map((component) => at(component, i))).flat();
  const offset = components.map((component) => -component.reduce((sum, value, i) => sum + value * at(means, i), 0));
  return {
    median: Float32Array.from(standardisation.median),
    scale: Float32Array.from(standardisation.scale),
    projection: Float32Array.from(projection),
    offset: Float32Array.from(offset, round(1e-6)),
  };
}
