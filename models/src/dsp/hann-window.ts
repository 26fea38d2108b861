// SPDX-License-Identifier: Apache-2.0

/** Periodic Hann window of `length` samples (the last sample is not zero), as used for spectra. */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}
