// SPDX-License-Identifier: Apache-2.0
import { YAMNET, yamnetGraph } from '../../build/spaces/yamnet/graph.ts';
import { type CardDraft, licenceOf, type Origin } from '../card-draft.ts';
import type { WeightsReader } from '../import-space.ts';
import { readTflite } from '../tflite/read-tflite.ts';
import { readYamnet } from './read-yamnet.ts';

const MODEL = 'yamnet';

const LICENCE = {
  spdx: 'Apache-2.0',
  attribution: 'Google: YAMNet, trained on AudioSet; Manoj Plakal and Dan Ellis',
  source: 'https://github.com/tensorflow/models/tree/master/research/audioset/yamnet',
};

interface CardParts {
  readonly version: number;
  readonly dims: number;
  readonly classes: number;
  readonly origin: Origin;
}

function yamnetCard({ version, dims, classes, origin }: CardParts): CardDraft {
  const { sampleRateHz, windowSamples, hopSamples } = YAMNET;
  return {
    id: `${MODEL}-${version}`,
    model: MODEL,
    version,
    title: 'Sound events (YAMNet)',
    description: `What is to be heard: YAMNet, a small network trained to tell ${classes} classes of AudioSet apart, in patches of a second. Nearly blind to pitch.`,
    aspect: { key: 'y', title: 'Sound events' },
    dims,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz,
      windowSamples,
      hopSamples,
      // A tenth of a patch; shorter sounds would be repeated too often.
      minSamples: windowSamples / 10,
      padding: 'zero',
    },
    output: { tensor: 'embedding', normalised: false },
    pooling: 'max',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'int8_hnsw' },
    licence: licenceOf(LICENCE, origin),
    origin,
  };
}

/**
 * YAMNet as a TensorFlow Lite model with 8-bit weights.
 * @param version becomes the last part of the space id
 */
export function createYamnetReader(version: number): WeightsReader {
  return {
    published: {
      file: 'yamnet_classification.tflite',
      bytes: 4_126_810,
      md5: 'e962c7ac840c6af635959491bb65959a',
      sha256: '10c95ea3eb9a7bb4cb8bddf6feb023250381008177ac162ce169694d05c317de',
    },
    open: (path, origin) => {
      const weights = readYamnet(readTflite(path));
      const classes = weights.classifierBias.length;
      const draft = yamnetCard({ version, dims: weights.classifier.length / classes, classes, origin });
      return {
        draft,
        makeGraph: (metadata) => yamnetGraph(weights, { id: draft.id, metadata }),
        close: () => undefined,
      };
    },
  };
}
