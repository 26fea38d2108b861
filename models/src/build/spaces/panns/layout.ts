// SPDX-License-Identifier: Apache-2.0

/** Blocks of convolutions, as PANNs' networks of this family differ in them. */
export interface PannsArchitecture {
  readonly blocks: number;
  /** In each block, one after the other. */
  readonly convolutions: 1 | 2;
  /** Height and width of the kernels, odd. */
  readonly kernelSize: 3 | 5;
  /** Whether the last block too ends in 2 × 2 mean pooling, as all others do. */
  readonly isLastPooled: boolean;
}

/** How the waveform becomes a log-mel spectrogram. */
export interface PannsFrontEnd {
  readonly sampleRateHz: number;
  /** Square of an even number. */
  readonly fftSize: number;
  /** A multiple of √fftSize. */
  readonly hopSamples: number;
  readonly mel: { readonly bands: number; readonly minHz: number; readonly maxHz: number };
}

/** Front-end, architecture and widths: everything about a network but its weights. */
export interface PannsLayout extends PannsFrontEnd {
  readonly architecture: PannsArchitecture;
  /** Samples of the windows that the card cuts; the graph takes any number from `minSamples` on. */
  readonly windowSamples: number;
  /** Shorter recordings leave no frame after the last pooling. */
  readonly minSamples: number;
  /** Output channels of the blocks. */
  readonly channels: readonly number[];
  /** Dimensions of the vector. */
  readonly dims: number;
  /** Classes of the tags. */
  readonly classes: number;
}

/** What of a network becomes the vector. */
export const PANNS_VECTORS = ['embedding', 'mid-level'] as const;
export type PannsVector = (typeof PANNS_VECTORS)[number];

/** Channels of the two blocks before the last. */
export const midLevelDims = ({ channels }: PannsLayout): number =>
  channels.slice(-3, -1).reduce((sum, width) => sum + width, 0);

export const CNN14_ARCHITECTURE: PannsArchitecture = { blocks: 6, convolutions: 2, kernelSize: 3, isLastPooled: false };
export const CNN10_ARCHITECTURE: PannsArchitecture = { blocks: 4, convolutions: 2, kernelSize: 3, isLastPooled: true };
export const CNN6_ARCHITECTURE: PannsArchitecture = { blocks: 4, convolutions: 1, kernelSize: 5, isLastPooled: true };

/** The front-end of PANNs' published networks at 32 kHz. */
export const PANNS_FRONT_END: PannsFrontEnd = {
  sampleRateHz: 32_000,
  fftSize: 1024,
  hopSamples: 320,
  mel: { bands: 64, minHz: 50, maxHz: 14_000 },
};

/** Ten seconds: what the published networks were trained on. */
export const PANNS_WINDOW_SAMPLES = 320_000;

/** The shortest input that leaves a frame: each pooling halves the frames, of which there are 1 + ⌊samples / hop⌋. */
export function minSamplesOf({ blocks, isLastPooled }: PannsArchitecture, hopSamples: number): number {
  return (2 ** (isLastPooled ? blocks : blocks - 1) - 1) * hopSamples;
}

/**
 * Cnn14 of Kong et al., "PANNs: Large-Scale Pretrained Audio Neural Networks for Audio Pattern Recognition" (2020), for
 * ten seconds at 32 kHz: 20.0 billion multiplications a window, 79.7 million weights before the classifier.
 */
export const CNN14: PannsLayout = {
  ...PANNS_FRONT_END,
  architecture: CNN14_ARCHITECTURE,
  windowSamples: PANNS_WINDOW_SAMPLES,
  minSamples: minSamplesOf(CNN14_ARCHITECTURE, PANNS_FRONT_END.hopSamples),
  channels: [64, 128, 256, 512, 1024, 2048],
  dims: 2048,
  classes: 527,
};
