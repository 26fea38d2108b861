// SPDX-License-Identifier: Apache-2.0
import { SPECTRAL, type SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import { columnMeans, dot } from '../algebra/matrix.ts';
import { discriminantProjection } from '../discriminant-projection.ts';
import type { GeneratedClip } from './clips.ts';

/** Interquartile range of a normal distribution with standard deviation 1. */
const NORMAL_IQR = 1.349;
const MIN_SPREAD = 1e-3;
const DISCRIMINANT = { dims: SPECTRAL.dims, components: 128, shrinkage: 0.1 } as const;

const round = (step: number) => (value: number) => Math.round(value / step) * step;
const at = (row: Float64Array | undefined, i: number): number => row?.[i] ?? 0;

/** Quantile of ascending values with linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return at(sorted, below) + (position - below) * (at(sorted, above) - at(sorted, below));
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
    scale: Float64Array.from(spread, (value) => round(1e-5)(1 / Math.max(value, MIN_SPREAD))),
  };
}

/**
 * Constants of the projection from generated windows: median and interquartile range, clip, discriminant directions of
 * the recipes. Values are rounded to a grid far above double precision and far below any effect, so that a last-bit
 * difference between machines does not change the bytes.
 */
export function fitConstants(samples: readonly GeneratedClip[]): SpectralConstants {
  const { median, scale } = robustStandardisation(samples.map(({ statistics }) => statistics));
  const limit = SPECTRAL.clip;
  const rows = samples.map(({ statistics }) =>
    statistics.map((value, i) => Math.min(limit, Math.max(-limit, (value - at(median, i)) * at(scale, i)))),
  );
  const recipes = samples.map(({ recipe }) => recipe);
  const directions = discriminantProjection(rows, recipes, DISCRIMINANT).map((row) => row.map(round(1e-7)));
  const means = columnMeans(rows);
  return {
    median: Float32Array.from(median),
    scale: Float32Array.from(scale),
    projection: Float32Array.from(Array.from(means, (_, i) => directions.map((direction) => at(direction, i))).flat()),
    offset: Float32Array.from(directions, (direction) => round(1e-6)(-dot(direction, means))),
  };
}
