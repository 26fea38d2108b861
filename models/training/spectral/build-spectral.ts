// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { encodeModel } from '../../src/build/onnx/encode-model.ts';
import { toBytes } from '../../src/build/onnx/wire.ts';
import { spectralCard, spectralId } from '../../src/build/spaces/spectral/card.ts';
import { spectralGraph } from '../../src/build/spaces/spectral/graph.ts';
import type { SpectralConstants } from '../../src/build/spaces/spectral/parameters.ts';
import { readShippedConstants } from '../../src/build/spaces/spectral/shipped-constants.ts';
import type { Card } from '../../src/card.ts';

const VERSION = 1;

/** Graph bytes and card of the shipped `spectral` space; a pure function of the committed constants. */
export function buildSpectral(): {
  readonly bytes: Uint8Array;
  readonly card: Card;
  readonly constants: SpectralConstants;
} {
  const constants = readShippedConstants();
  const bytes = toBytes(encodeModel(spectralGraph(spectralId(VERSION), constants)));
  const card = spectralCard({
    version: VERSION,
    title: 'Timbre (spectral)',
    description:
      'Timbre and texture without third-party weights: 651 log-mel statistics of 5 s windows, projected to 48 values by constants fitted on generated audio. Blind to level; good at everyday sounds and instruments.',
    licence: {
      spdx: 'Apache-2.0',
      attribution: 'Earshot; constants fitted on generated audio only',
      source: 'models/training/spectral',
    },
    constants,
    graphSha256: createHash('sha256').update(bytes).digest('hex'),
  });
  return { bytes, card, constants };
}
