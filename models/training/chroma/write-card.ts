// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../src/card.ts';
import { goldenSignal } from '../../src/golden-signal.ts';
import { InferenceSession, Tensor } from '../../src/onnx-runtime.ts';
import { SHIPPED_CARDS_DIR } from '../../src/registry.ts';

const ID = 'chroma-1';
const FILE = `${ID}.onnx`;
const SAMPLE_RATE_HZ = 8000;
const WINDOW_SAMPLES = 73_728;
const SIGNALS = ['plucked-notes', 'hummed-tune'] as const;

async function goldenEmbeddings(dir: string): Promise<Card['golden']> {
  const session = await InferenceSession.create(join(dir, FILE));
  const golden: Card['golden'] = [];
  for (const signal of SIGNALS) {
    const samples = goldenSignal(signal, SAMPLE_RATE_HZ, WINDOW_SAMPLES);
    const answer = await session.run({ waveform: new Tensor('float32', samples, [1, WINDOW_SAMPLES]) });
    const vector = answer.embedding?.data as Float32Array;
    golden.push({ signal, embedding: Array.from(vector, (value) => Number(value.toFixed(6))), minCosine: 0.9999 });
  }
  return golden;
}

/** Writes the card of the shipped `chroma` space beside the graph that `build.py` left there. */
export async function writeChromaCard(dir: string = SHIPPED_CARDS_DIR): Promise<Card> {
  const card: Card = {
    id: ID,
    model: 'chroma',
    version: 1,
    title: 'Harmony (chroma)',
    description:
      'Harmony and tune together, without trained weights: magnitudes of the 2-D Fourier transform of the chroma of 9.2 s. Blind to key and to where a phrase begins; a second opinion beside melody-1 on versions of a song.',
    aspect: { key: 'h', title: 'Harmony' },
    dims: 252,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz: SAMPLE_RATE_HZ,
      windowSamples: WINDOW_SAMPLES,
      hopSamples: WINDOW_SAMPLES / 2,
      minSamples: 16_000,
      padding: 'zero',
    },
    output: { tensor: 'embedding', normalised: true },
    pooling: 'mean',
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: { type: 'int8_hnsw' },
    graph: {
      file: FILE,
      sha256: createHash('sha256')
        .update(readFileSync(join(dir, FILE)))
        .digest('hex'),
      precision: 'fp32',
    },
    licence: {
      spdx: 'Apache-2.0',
      attribution: 'Earshot; its mean vector taken over generated music only',
      source: 'models/training/chroma',
    },
    golden: await goldenEmbeddings(dir),
  };
  writeFileSync(join(dir, `${ID}.json`), `${JSON.stringify(card, null, 2)}\n`);
  return card;
}

if (import.meta.main) console.log(`wrote ${(await writeChromaCard(process.argv[2])).id}`);
