// SPDX-License-Identifier: Apache-2.0
import type { PannsLayout } from '../../build/spaces/panns/layout.ts';
import type { Card } from '../../card.ts';
import { PANNS_RECORD, type PannsNetwork } from './networks.ts';

type Origin = NonNullable<Card['origin']>;

/** Everything in a card that is known before the graph is made. */
export type CardDraft = Omit<Card, 'graph' | 'golden'>;

interface CardParts {
  readonly model: string;
  readonly version: number;
  readonly network: PannsNetwork;
  readonly layout: PannsLayout;
  readonly origin: Origin;
}

const ATTRIBUTION =
  'Qiuqiang Kong, Yin Cao, Turab Iqbal, Yuxuan Wang, Wenwu Wang, Mark D. Plumbley: PANNs, Large-Scale Pretrained Audio Neural Networks for Audio Pattern Recognition; weights trained on AudioSet';

/** Published weights carry the licence of the record; of other files of this shape nothing is known. */
function licenceOf(network: PannsNetwork, { file, isPublished }: Origin): Card['licence'] {
  return isPublished
    ? { spdx: 'CC-BY-4.0', attribution: ATTRIBUTION, source: `${PANNS_RECORD} ${network.published.file}` }
    : { spdx: 'NOASSERTION', attribution: `weights of ${file}, which its makers have not published`, source: file };
}

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
    licence: licenceOf(network, origin),
    origin,
  };
}
