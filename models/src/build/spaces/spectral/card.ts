// SPDX-License-Identifier: Apache-2.0
import { type Card, cardSchema } from '../../../card.ts';
import { goldenSignal } from '../../../golden-signal.ts';
import { SPECTRAL, type SpectralConstants } from './parameters.ts';
import { spectralEmbedding } from './reference/embedding.ts';

const SIGNALS = ['chirp-noise', 'plucked-notes'] as const;

/** Golden vectors come from the double precision reference, so the canary also proves the graph right. */
export function goldenAnswers(answer: (samples: Float32Array) => Float64Array): Card['golden'] {
  return SIGNALS.map((signal) => ({
    signal,
    embedding: Array.from(answer(goldenSignal(signal, SPECTRAL.sampleRateHz, SPECTRAL.windowSamples)), (value) =>
      Number(value.toFixed(6)),
    ),
    minCosine: 0.9999,
  }));
}

/** Windows as every graph over the spectral front-end takes them. */
export const SPECTRAL_INPUT: Card['input'] = {
  tensor: 'waveform',
  sampleRateHz: SPECTRAL.sampleRateHz,
  windowSamples: SPECTRAL.windowSamples,
  hopSamples: SPECTRAL.windowSamples / 2,
  minSamples: SPECTRAL.minSamples,
  padding: 'repeat',
};

/** What differs between versions of `spectral`. */
interface SpectralVersion extends Pick<Card, 'version' | 'title' | 'description' | 'licence' | 'fit'> {
  readonly constants: SpectralConstants;
  /** sha256 of the graph file, hex. */
  readonly graphSha256: string;
}

export const spectralId = (version: number): string => `spectral-${version}`;

/** The card of a version of `spectral`. */
export function spectralCard({ constants, graphSha256, ...words }: SpectralVersion): Card {
  const id = spectralId(words.version);
  return cardSchema.parse({
    id,
    model: 'spectral',
    version: words.version,
    title: words.title,
    description: words.description,
    aspect: { key: 't', title: 'Timbre' },
    dims: SPECTRAL.dims,
    similarity: 'cosine',
    input: SPECTRAL_INPUT,
    output: { tensor: 'embedding', normalised: true },
    pooling: 'mean',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'int8_hnsw' },
    graph: { file: `${id}.onnx`, sha256: graphSha256, precision: 'fp32' },
    licence: words.licence,
    ...(words.fit ? { fit: words.fit } : {}),
    golden: goldenAnswers((samples) => spectralEmbedding(samples, constants)),
  });
}
