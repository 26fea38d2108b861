// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card, CardMelody } from '../../src/card.ts';
import { goldenSignal } from '../../src/golden-signal.ts';
import { contourOfBlock } from '../../src/melody/contour-of-block.ts';
import { InferenceSession, Tensor } from '../../src/onnx-runtime.ts';
import { SHIPPED_CARDS_DIR } from '../../src/registry.ts';

const ID = 'melody-1';
const SAMPLE_RATE_HZ = 8000;
const WINDOW_SAMPLES = 81_920;
const HOP_SAMPLES = 73_728;
const FILES = { frames: `${ID}.onnx`, encoder: `${ID}.encoder.onnx` };

const sha256Of = (dir: string, file: string): string =>
  createHash('sha256')
    .update(readFileSync(join(dir, file)))
    .digest('hex');

/** 8 s × 0.35 … 2.4 in equal ratios: a hum of 8 s at any tempo between finds its stretch within 7 %. */
const durationsMs = Array.from({ length: 16 }, (_, i) => Math.round(8000 * 0.35 * (2.4 / 0.35) ** (i / 15)));

const melodyPart = (dir: string): CardMelody => ({
  frames: { tensor: 'frames', perWindow: 320, channels: 6, hopSamples: 256 },
  encoder: {
    graph: { file: FILES.encoder, sha256: sha256Of(dir, FILES.encoder), precision: 'fp32' },
    input: 'contour',
    points: 128,
  },
  index: { durationsMs, startStepMs: 400, maxSegments: 4096 },
  query: { prefixes: [1, 0.85, 0.72, 0.6], maxSeconds: 30 },
});

function cardWithout(dir: string): Omit<Card, 'golden'> & { readonly melody: CardMelody } {
  return {
    id: ID,
    model: 'melody',
    version: 1,
    title: 'Melody',
    description:
      'The tune, whoever sings, hums, whistles or plays it, in any key and at any tempo: pitch every 32 ms, contours of 2.8 to 19 s, vectors from a network trained on made-up melodies only. Blind to timbre.',
    aspect: { key: 'm', title: 'Melody' },
    dims: 128,
    similarity: 'cosine',
    input: {
      tensor: 'waveform',
      sampleRateHz: SAMPLE_RATE_HZ,
      windowSamples: WINDOW_SAMPLES,
      hopSamples: HOP_SAMPLES,
      minSamples: 800,
      padding: 'zero',
    },
    output: { tensor: 'embedding', normalised: true },
    pooling: 'mean',
    hasTrackVector: false,
    acceptsText: false,
    melody: melodyPart(dir),
    indexOptions: { type: 'int8_hnsw' },
    graph: { file: FILES.frames, sha256: sha256Of(dir, FILES.frames), precision: 'fp32' },
    licence: {
      spdx: 'Apache-2.0',
      attribution: 'Earshot; trained on generated melodies only',
      source: 'models/training/melody',
    },
  };
}

async function goldenEmbedding(dir: string, melody: CardMelody): Promise<number[]> {
  const frames = await InferenceSession.create(join(dir, FILES.frames));
  const encoder = await InferenceSession.create(join(dir, FILES.encoder));
  const samples = goldenSignal('hummed-tune', SAMPLE_RATE_HZ, WINDOW_SAMPLES);
  const heard = await frames.run({ waveform: new Tensor('float32', samples, [1, WINDOW_SAMPLES]) });
  const contour = contourOfBlock(heard.frames?.data as Float32Array, melody);
  if (!contour) throw new Error('the golden tune has no contour');
  const answer = await encoder.run({ contour: new Tensor('float32', contour, [1, contour.length]) });
  return Array.from(answer.embedding?.data as Float32Array, (value) => Number(value.toFixed(6)));
}

/** Writes the card of the shipped `melody` space beside the graphs that `train.py` left there. */
export async function writeMelodyCard(dir: string = SHIPPED_CARDS_DIR): Promise<Card> {
  const draft = cardWithout(dir);
  const embedding = await goldenEmbedding(dir, draft.melody);
  const card: Card = { ...draft, golden: [{ signal: 'hummed-tune', embedding, minCosine: 0.9999 }] };
  writeFileSync(join(dir, `${ID}.json`), `${JSON.stringify(card, null, 2)}\n`);
  return card;
}

if (import.meta.main) console.log(`wrote ${(await writeMelodyCard(process.argv[2])).id}`);
