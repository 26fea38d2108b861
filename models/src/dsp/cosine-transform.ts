// SPDX-License-Identifier: Apache-2.0

/**
 * Rows of the orthonormal DCT-II.
 * @param size length of the transformed vector
 * @param coefficients which rows, 0 = the mean
 */
export function cosineTransform(size: number, coefficients: readonly number[]): Float64Array[] {
  return coefficients.map((k) =>
    Float64Array.from(
      { length: size },
      (_, n) => Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * size)),
    ),
  );
}
