// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeModel } from '../../src/build/onnx/encode-model.ts';
import { toBytes } from '../../src/build/onnx/wire.ts';
import { parseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { spectralGraph } from '../../src/build/spaces/spectral/graph.ts';
import { SPECTRAL, type SpectralConstants } from '../../src/build/spaces/spectral/parameters.ts';
import { spectralEmbedding } from '../../src/build/spaces/spectral/reference/embedding.ts';
import { type Card, cardSchema } from '../../src/card.ts';
import { goldenSignal } from '../../src/golden-signal.ts';

const VERSION = 1;
const ID = `spectral-${VERSION}`;
const SIGNALS = ['chirp-noise', 'plucked-notes'] as const;

/** Golden vectors come from the double precision reference, so the canary also proves the graph right. */
function goldenVectors(constants: SpectralConstants): Card['golden'] {
  return SIGNALS.map((signal) => ({
    signal,
    embedding: Array.from(
      spectralEmbedding(goldenSignal(signal, SPECTRAL.sampleRateHz, SPECTRAL.windowSamples), constants),
      (value) => Number(value.toFixed(6)),
    ),
    minCosine: 0.9999,
  }));
}

/** Graph bytes and card of the shipped `spectral` space; a pure function of the committed constants. */
export function buildSpectral(): {
  readonly bytes: Uint8Array;
  readonly card: Card;
  readonly constants: SpectralConstants;
} {
  const constants = parseConstants(readFileSync(new URL('./constants.json', import.meta.url), 'utf8'));
  const bytes = toBytes(encodeModel(spectralGraph(ID, constants)));
  const card = cardSchema.parse({
    id: ID,
    model: 'spectral',
    version: VERSION,
    title: 'Timbre (spectral)',
    description:
      'Timbre and texture without third-party weights: 651 log-mel statistics of 5 s windows, projected to 48 values by constants fitted on generated audio. Blind to level; good at everyday sounds and instruments.',
    aspect: { key: 't', title: 'Timbre' },
    dims: SPECTRAL.dims,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz: SPECTRAL.sampleRateHz,
      windowSamples: SPECTRAL.windowSamples,
      hopSamples: SPECTRAL.windowSamples / 2,
      minSamples: SPECTRAL.minSamples,
      padding: 'repeat',
    },
    output: { tensor: 'embedding', normalised: true },
    pooling: 'mean',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'int8_hnsw' },
    graph: { file: `${ID}.onnx`, sha256: createHash('sha256').update(bytes).digest('hex'), precision: 'fp32' },
    licence: {
      spdx: 'Apache-2.0',
      attribution: 'Earshot; constants fitted on generated audio only',
      source: 'models/training/spectral',
    },
    golden: goldenVectors(constants),
  });
  return { bytes, card, constants };
}
