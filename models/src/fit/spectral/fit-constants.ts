// SPDX-License-Identifier: Apache-2.0
import { SPECTRAL, type SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import { columnMeans, dot } from '../algebra/matrix.ts';
import { discriminantProjection } from '../discriminant-projection.ts';
import { excerptsOf, type GeneratedClip, type Recording } from './clips.ts';

/** Interquartile range of a normal distribution with standard deviation 1. */
const NORMAL_IQR = 1.349;
const MIN_SPREAD = 1e-3;
const DISCRIMINANT = { dims: SPECTRAL.dims, components: 128, shrinkage: 0.1 } as const;

const round = (step: number) => (value: number) => Math.round(value / step) * step;
const at = (row: Float64Array | undefined, i: number): number => row?.[i] ?? 0;

/** Somebody's own recordings, and their share in the constants. */
export interface Collection {
  readonly recordings: readonly Recording[];
  /** 0…1; the generated corpus has the rest. */
  readonly weight: number;
}

/** Quantile of ascending values with linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return at(sorted, below) + (position - below) * (at(sorted, above) - at(sorted, below));
}

interface Standardisation {
  readonly median: Float64Array;
  /** In units of a normal distribution's standard deviation. */
  readonly spread: Float64Array;
}

function robustStandardisation(rows: readonly Float64Array[]): Standardisation {
  const columns = Array.from({ length: SPECTRAL.statistics }, (_, i) =>
    Float64Array.from(rows, (row) => at(row, i)).sort(),
  );
  return {
    median: Float64Array.from(columns, (column) => quantile(column, 0.5)),
    spread: Float64Array.from(columns, (column) => (quantile(column, 0.75) - quantile(column, 0.25)) / NORMAL_IQR),
  };
}

const mix = (a: Float64Array, b: Float64Array, share: number): Float64Array =>
  a.map((value, i) => (1 - share) * value + share * at(b, i));

function mixStandardisation(a: Standardisation, b: Standardisation, share: number): Standardisation {
  return { median: mix(a.median, b.median, share), spread: mix(a.spread, b.spread, share) };
}

type Standardise = (row: Float64Array) => Float64Array;

function projectionOf(
  samples: readonly GeneratedClip[],
  collection: Collection | undefined,
  standardise: Standardise,
): Pick<SpectralConstants, 'projection' | 'offset'> {
  const rows = samples.map(({ statistics }) => standardise(statistics));
  const labels = samples.map(({ recipe }) => recipe);
  const own = collection?.recordings.flatMap(({ clips }) => clips.map(standardise)) ?? [];
  const further = collection && {
    rows: own,
    groups: collection.recordings
      .map((recording) => excerptsOf(recording).map(standardise))
      .filter((group) => group.length > 1),
    weight: collection.weight,
  };
  const directions = discriminantProjection({ rows, labels }, { ...DISCRIMINANT, further }).map((row) =>
    row.map(round(1e-7)),
  );
  const means = collection ? mix(columnMeans(rows), columnMeans(own), collection.weight) : columnMeans(rows);
  return {
    projection: Float32Array.from(Array.from(means, (_, i) => directions.map((direction) => at(direction, i))).flat()),
    offset: Float32Array.from(directions, (direction) => round(1e-6)(-dot(direction, means))),
  };
}

/**
 * Constants of the projection from generated windows: median and interquartile range, clip, discriminant directions of
 * the recipes. Somebody's own recordings have a say in all of them but the classes: nobody knows theirs. Values are
 * rounded to a grid far above double precision and far below any effect, so that a last-bit difference between machines
 * does not change the bytes.
 */
export function fitConstants(samples: readonly GeneratedClip[], collection?: Collection): SpectralConstants {
  const generated = robustStandardisation(samples.map(({ statistics }) => statistics));
  const { median, spread } = collection
    ? mixStandardisation(
        generated,
        robustStandardisation(collection.recordings.flatMap(({ clips }) => clips)),
        collection.weight,
      )
    : generated;
  const centre = median.map(round(1e-5));
  const scale = spread.map((value) => round(1e-5)(1 / Math.max(value, MIN_SPREAD)));
  const limit = SPECTRAL.clip;
  const standardise: Standardise = (row) =>
    row.map((value, i) => Math.min(limit, Math.max(-limit, (value - at(centre, i)) * at(scale, i))));
  return {
    median: Float32Array.from(centre),
    scale: Float32Array.from(scale),
    ...projectionOf(samples, collection, standardise),
  };
}
