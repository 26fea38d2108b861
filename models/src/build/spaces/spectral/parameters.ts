// SPDX-License-Identifier: Apache-2.0

const SAMPLE_RATE_HZ = 32_000;
const WINDOW_SAMPLES = 5 * SAMPLE_RATE_HZ;
const HOP_SAMPLES = 320;

/** Everything that fixes what the 651 statistics are. A change here makes another space. */
export const SPECTRAL = {
  sampleRateHz: SAMPLE_RATE_HZ,
  /** 5 s: one window is one vector. */
  windowSamples: WINDOW_SAMPLES,
  /** 0.3 s; shorter recordings are refused. */
  minSamples: (3 * SAMPLE_RATE_HZ) / 10,
  fftSize: 1024,
  hopSamples: HOP_SAMPLES,
  /** Frames of a window, centred at multiples of the hop, reflected at both ends. */
  frames: 1 + WINDOW_SAMPLES / HOP_SAMPLES,
  mel: { bands: 64, minHz: 50, maxHz: 14_000 },
  /** Peaks below this (−140 dBFS) count as this, so that digital silence stays finite. */
  minPeak: 1e-7,
  /** Mel power floor after the window's peak was scaled to 1; lies below the 80 dB range for any sound. */
  minPower: 1e-10,
  rangeDb: 80,
  percentiles: [98, 90, 50, 10],
  /** A frame is active above this share of the loudest frame's energy (−40 dB)… */
  activeShare: 1e-4,
  /** …and if fewer frames are, all count. */
  minActiveFrames: 5,
  cepstrum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  modulation: {
    /** Neighbouring mels averaged into one group. */
    melsPerGroup: 4,
    windowFrames: 128,
    hopFrames: 64,
    /** First and last DFT bin of each band; one bin is 0.78 Hz. */
    bands: [
      [1, 1],
      [2, 3],
      [4, 7],
      [8, 15],
      [16, 31],
      [32, 64],
    ],
  },
  envelope: {
    smoothingFrames: 10,
    floor: 1e-9,
    /** Natural log units below the peak that still count as loud (10 dB of energy). */
    loudRange: 2.3,
    percentiles: [90, 10],
  },
  /** Standardised statistics are clipped to this. */
  clip: 2,
  statistics: 651,
  dims: 48,
} as const;

/** Fitted on generated audio (models/training/spectral). */
export interface SpectralConstants {
  /** Median of each statistic; 651. */
  readonly median: Float32Array;
  /** 1 / interquartile range of each statistic; 651. */
  readonly scale: Float32Array;
  /** Discriminant directions, row-major 651 × 48. */
  readonly projection: Float32Array;
  /** Added after the projection; 48. */
  readonly offset: Float32Array;
}
