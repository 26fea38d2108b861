// SPDX-License-Identifier: Apache-2.0
import type { PannsLayout } from '../../build/spaces/panns/layout.ts';
import { type CardDraft, licenceOf, type Origin } from '../card-draft.ts';
import { PANNS_RECORD, type PannsNetwork } from './networks.ts';

interface CardParts {
  readonly model: string;
  readonly version: number;
  readonly network: PannsNetwork;
  readonly layout: PannsLayout;
  readonly origin: Origin;
}

const ATTRIBUTION =
  'Qiuqiang Kong, Yin Cao, Turab Iqbal, Yuxuan Wang, Wenwu Wang, Mark D. Plumbley: PANNs, Large-Scale Pretrained Audio Neural Networks for Audio Pattern Recognition; weights trained on AudioSet';

/** Card of a space whose graph is one of PANNs' networks; see docs/operators/models.md for window and pooling. */
export function pannsCard({ model, version, network, layout, origin }: CardParts): CardDraft {
  const { sampleRateHz, windowSamples, minSamples, dims } = layout;
  return {
    id: `${model}-${version}`,
    model,
    version,
    title: `Sound events (PANNs ${network.name})`,
    description: `What is to be heard: ${network.name} of PANNs, trained to tell AudioSet's ${layout.classes} classes apart. Hears sources, voices, instruments and places; nearly blind to pitch.`,
    aspect: { key: 's', title: 'Sound events' },
    dims,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz,
      windowSamples,
      hopSamples: windowSamples,
      minSamples,
      padding: 'repeat',
    },
    output: { tensor: 'embedding', normalised: false },
    pooling: 'max',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'int8_hnsw' },
    licence: licenceOf(
      { spdx: 'CC-BY-4.0', attribution: ATTRIBUTION, source: `${PANNS_RECORD} ${network.published.file}` },
      origin,
    ),
    origin,
  };
}
