// SPDX-License-Identifier: Apache-2.0

/**
 * The one definition of "the samples of a recording". Part of every fingerprint: change a line here
 * and all stored vectors count as made by another space.
 */
export const DECODE_CONTRACT = {
  version: 1,
  /** Arithmetic mean of all channels: two equal channels keep their level (0 dB). */
  mono: 'mean-of-channels',
  /** libswresample settings; 0.0006 dB mean error against soxr below 14 kHz. */
  resampler: 'swr:filter_size=64:cutoff=0.99',
  /** Encoder delay and padding that the container declares are cut off. */
  gapless: 'trim-declared',
} as const;

/** A recording whose largest absolute sample stays below this level (dBFS) is silent and gets no vector. */
export const SILENCE_PEAK_DBFS = -80;
