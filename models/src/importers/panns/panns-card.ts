// SPDX-License-Identifier: Apache-2.0
import { midLevelDims, type PannsLayout, type PannsVector } from '../../build/spaces/panns/layout.ts';
import { type CardDraft, licenceOf, type Origin } from '../card-draft.ts';
import { PANNS_RECORD, type PannsNetwork } from './networks.ts';

interface CardParts {
  readonly model: string;
  readonly version: number;
  readonly network: PannsNetwork;
  readonly layout: PannsLayout;
  /** The embedding when absent. */
  readonly vector?: PannsVector;
  readonly origin: Origin;
}

const ATTRIBUTION =
  'Qiuqiang Kong, Yin Cao, Turab Iqbal, Yuxuan Wang, Wenwu Wang, Mark D. Plumbley: PANNs, Large-Scale Pretrained Audio Neural Networks for Audio Pattern Recognition; weights trained on AudioSet';

/** Card of a space whose graph is one of PANNs' networks; see docs/operators/models.md for window and pooling. */
export function pannsCard(parts: CardParts): CardDraft {
  const { version, network, layout, vector, origin } = parts;
  const { sampleRateHz, windowSamples, minSamples } = layout;
  const isMidLevel = vector === 'mid-level';
  const model = isMidLevel ? `${parts.model}-mid-level` : parts.model;
  return {
    id: `${model}-${version}`,
    model,
    version,
    title: `Sound events (PANNs ${network.name}${isMidLevel ? ', mid-level' : ''})`,
    description: isMidLevel
      ? `How it sounds: channel means of the two blocks before the last of PANNs ${network.name}, trained to tell AudioSet's ${layout.classes} classes apart. Closer to timbre and pitch than the network's own embedding.`
      : `What is to be heard: ${network.name} of PANNs, trained to tell AudioSet's ${layout.classes} classes apart. Hears sources, voices, instruments and places; nearly blind to pitch.`,
    aspect: isMidLevel ? { key: 'd', title: 'Sound detail' } : { key: 's', title: 'Sound events' },
    dims: isMidLevel ? midLevelDims(layout) : layout.dims,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz,
      windowSamples,
      hopSamples: windowSamples,
      minSamples,
      padding: 'repeat',
    },
    output: { tensor: isMidLevel ? 'mid_level' : 'embedding', normalised: false },
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
