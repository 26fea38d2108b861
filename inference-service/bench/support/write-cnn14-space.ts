// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Card, goldenSignal } from '@earshot/models';
import { CNN14, type NamedTensors, pannsGraph, randomPannsWeights, writeModel } from '@earshot/models/build';
import { InferenceSession, Tensor } from '@earshot/models/onnx-runtime';
import { loadSpaces, type Space } from '@earshot/models/registry';

const ID = 'random-cnn14-1';
const SEED = 14;

function cardOf(sha256: string, embedding: readonly number[]): Card {
  const { sampleRateHz, windowSamples, minSamples, dims } = CNN14;
  return {
    id: ID,
    model: 'random-cnn14',
    version: 1,
    title: 'Cnn14 with random weights',
    description: 'Cnn14 at full size for measuring speed; its vectors mean nothing.',
    aspect: { key: 'z', title: 'None' },
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
    graph: { file: `${ID}.onnx`, sha256, precision: 'fp32' },
    licence: { spdx: 'Apache-2.0', attribution: 'Earshot', source: 'seeded random numbers' },
    golden: [{ signal: 'plucked-notes', embedding: [...embedding], minCosine: 0.999 }],
  };
}

/** One vector on the CPU, so that the service's own check at start has something to compare with. */
async function goldenVector(path: string): Promise<Float32Array> {
  const { sampleRateHz, windowSamples } = CNN14;
  const session = await InferenceSession.create(path);
  const samples = goldenSignal('plucked-notes', sampleRateHz, windowSamples);
  const answer = await session.run({ waveform: new Tensor('float32', samples, [1, windowSamples]) });
  await session.release();
  return answer.embedding?.data as Float32Array;
}

export interface Cnn14Space {
  readonly space: Space;
  readonly weights: NamedTensors & Iterable<[string, Float32Array]>;
}

/** Writes card and graph (319 MB) of a full-size Cnn14 with seeded random weights into a models folder. */
export async function writeCnn14Space(modelsDir: string): Promise<Cnn14Space> {
  mkdirSync(modelsDir, { recursive: true });
  const weights = randomPannsWeights(CNN14, SEED);
  const path = join(modelsDir, `${ID}.onnx`);
  const sha256 = await writeModel(path, pannsGraph(weights, { id: ID, layout: CNN14 }));
  const card = cardOf(sha256, [...(await goldenVector(path))]);
  writeFileSync(join(modelsDir, `${ID}.json`), JSON.stringify(card));
  const space = loadSpaces(modelsDir).get(ID);
  if (!space) throw new Error(`${ID} was written but is not in the registry`);
  return { space, weights };
}
