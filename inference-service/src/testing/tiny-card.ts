// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';

/** A space small enough for tests: 8 kHz, windows of 1 s every 0.5 s, vectors of 8 numbers. */
export function tinyCard(overrides: Partial<Card> = {}): Card {
  return {
    id: 'tiny-1',
    model: 'tiny',
    version: 1,
    title: 'Tiny',
    description: 'Energy in eight parts of the window, for tests',
    aspect: { key: 'x', title: 'test' },
    dims: 8,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz: 8000,
      windowSamples: 8000,
      hopSamples: 4000,
      minSamples: 800,
      padding: 'repeat',
    },
    output: { tensor: 'embedding', normalised: false },
    pooling: 'mean',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'hnsw' },
    graph: { file: 'tiny-1.onnx', sha256: '0'.repeat(64), precision: 'fp32' },
    licence: { spdx: 'Apache-2.0', attribution: 'Earshot', source: 'generated' },
    golden: [{ signal: 'chirp-noise', embedding: [1, 0, 0, 0, 0, 0, 0, 0], minCosine: 0.9999 }],
    ...overrides,
  };
}
