// SPDX-License-Identifier: Apache-2.0
import type { SpectrumLayout } from '../../front-end/spectrum-graph.ts';

/** Front-end and widths of a network of Cnn14's kind. */
export interface Cnn14Layout extends SpectrumLayout {
  readonly sampleRateHz: number;
  /** Shorter recordings leave no frame after the last pooling. */
  readonly minSamples: number;
  readonly mel: { readonly bands: number; readonly minHz: number; readonly maxHz: number };
  /** Output channels of the six blocks. */
  readonly channels: readonly number[];
  /** Dimensions of the vector. */
  readonly dims: number;
}

const HOP_SAMPLES = 320;
/** Every block but the last halves time and frequency. */
const HALVINGS = 5;

/**
 * Cnn14 of Kong et al., "PANNs: Large-Scale Pretrained Audio Neural Networks for Audio Pattern Recognition" (2020), for
 * ten seconds at 32 kHz: 20.0 billion multiplications a window, 79.7 million weights.
 */
export const CNN14: Cnn14Layout = {
  sampleRateHz: 32_000,
  windowSamples: 320_000,
  minSamples: (2 ** HALVINGS - 1) * HOP_SAMPLES,
  fftSize: 1024,
  hopSamples: HOP_SAMPLES,
  mel: { bands: 64, minHz: 50, maxHz: 14_000 },
  channels: [64, 128, 256, 512, 1024, 2048],
  dims: 2048,
};
