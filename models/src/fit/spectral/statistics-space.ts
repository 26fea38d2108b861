// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeModel } from '../../build/onnx/write-model.ts';
import { goldenAnswers, SPECTRAL_INPUT } from '../../build/spaces/spectral/card.ts';
import { spectralStatisticsGraph } from '../../build/spaces/spectral/graph.ts';
import { SPECTRAL } from '../../build/spaces/spectral/parameters.ts';
import { spectralStatistics } from '../../build/spaces/spectral/reference/statistics.ts';
import { type Card, cardSchema } from '../../card.ts';

const VERSION = 1;
const ID = `spectral-statistics-${VERSION}`;

/**
 * Writes a space whose vectors are the 651 statistics, so that the inference service decodes, cuts and measures a
 * collection exactly as it would for `spectral`. Windows do not overlap. It is for the time of a fit only: nothing is
 * indexed with it.
 */
export async function writeStatisticsSpace(folder: string): Promise<Card> {
  const file = `${ID}.onnx`;
  const sha256 = await writeModel(join(folder, file), spectralStatisticsGraph(ID));
  const card = cardSchema.parse({
    id: ID,
    model: 'spectral-statistics',
    version: VERSION,
    title: 'Statistics behind Timbre',
    description: 'What constants of the spectral space are fitted on.',
    aspect: { key: 't', title: 'Timbre' },
    dims: SPECTRAL.statistics,
    similarity: 'l2_norm',
    input: { ...SPECTRAL_INPUT, hopSamples: SPECTRAL.windowSamples },
    output: { tensor: 'statistics', normalised: false },
    pooling: 'mean',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'hnsw' },
    graph: { file, sha256, precision: 'fp32' },
    licence: { spdx: 'Apache-2.0', attribution: 'Earshot', source: 'models/src/fit' },
    golden: goldenAnswers(spectralStatistics),
  });
  writeFileSync(join(folder, `${ID}.json`), JSON.stringify(card));
  return card;
}
