// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '@earshot/models';
import { fingerprintOf } from '@earshot/models/registry';

const CARD: Card = {
  id: 'tone-1',
  model: 'tone',
  version: 1,
  title: 'Tone',
  description: 'A card for tests: its graph is never run.',
  aspect: { key: 'x', title: 'Tone' },
  dims: 8,
  similarity: 'cosine',
  input: {
    tensor: 'x',
    sampleRateHz: 16_000,
    windowSamples: 32_000,
    hopSamples: 16_000,
    minSamples: 1600,
    padding: 'zero',
  },
  output: { tensor: 'y', normalised: true },
  pooling: 'mean',
  hasTrackVector: true,
  acceptsText: false,
  indexOptions: { type: 'int8_hnsw' },
  graph: { file: 'tone-1.onnx', sha256: 'a'.repeat(64), precision: 'fp32' },
  licence: { spdx: 'Apache-2.0', attribution: 'none', source: 'test' },
  golden: [{ signal: 'chirp-noise', embedding: [1, 0, 0, 0, 0, 0, 0, 0], minCosine: 0.9999 }],
};

/** Puts a small card into a models folder. @returns its fingerprint */
export function writeTestCard(modelsDir: string, changes: Partial<Card> = {}): string {
  const card = { ...CARD, ...changes };
  writeFileSync(join(modelsDir, `${card.id}.json`), JSON.stringify(card));
  return fingerprintOf(card);
}
