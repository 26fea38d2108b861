// SPDX-License-Identifier: Apache-2.0
import { SPECTRAL, type SpectralConstants } from '../parameters.ts';
import { spectralStatistics } from './statistics.ts';

/** Statistics → unit vector of 48 values: robust standardisation, clip, projection, unit length. */
export function projectStatistics(values: Float64Array, constants: SpectralConstants): Float64Array {
  const { dims, clip } = SPECTRAL;
  const standardised = values.map((value, i) =>
    Math.min(clip, Math.max(-clip, (value - (constants.median[i] ?? 0)) * (constants.scale[i] ?? 0))),
  );
  const vector = Float64Array.from(constants.offset);
  standardised.forEach((value, i) => {
    for (let d = 0; d < dims; d++) vector[d] = (vector[d] ?? 0) + value * (constants.projection[i * dims + d] ?? 0);
  });
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / Math.max(norm, 1e-12));
}

/** The embedding of one window in double precision: what the graph must give. */
export function spectralEmbedding(samples: Float32Array, constants: SpectralConstants): Float64Array {
  return projectStatistics(spectralStatistics(samples), constants);
}
