// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Card, goldenSignal } from '@earshot/models';
import { createGraphBuilder, encodeModel, toBytes } from '@earshot/models/build';
import { tinyCard } from './tiny-card.ts';

const PARTS = 8;

/** What is taken of each sample. */
type Measure = 'absolute' | 'square';

/** What the tiny graph computes, written down a second time: mean absolute value (or square) of each eighth of the window. */
export function tinyVector(window: Float32Array, measure: Measure = 'absolute'): number[] {
  const size = window.length / PARTS;
  return Array.from({ length: PARTS }, (_, part) => {
    let sum = 0;
    for (const value of window.subarray(part * size, (part + 1) * size))
      sum += measure === 'square' ? value * value : Math.abs(value);
    return sum / size;
  });
}

function tinyGraph(windowSamples: number, measure: Measure): Uint8Array {
  const graph = createGraphBuilder();
  const waveform = graph.input('waveform', ['batch', windowSamples]);
  const shape = graph.integers('parts', [0, PARTS, windowSamples / PARTS]);
  const cut = graph.op('Reshape', [waveform, shape]);
  const parts = measure === 'square' ? graph.op('Mul', [cut, cut]) : graph.op('Abs', [cut]);
  const means = graph.op('ReduceMean', [parts], { axes: { ints: [2] }, keepdims: { int: 0 } });
  graph.output('embedding', means, ['batch', PARTS]);
  const model = graph.build({ name: 'tiny', description: 'for tests', metadata: {} });
  return toBytes(encodeModel(model));
}

/** Writes graph and card of a small real space into a models folder; `overrides` make it odd. */
export function writeTinySpace(dir: string, overrides: Partial<Card> = {}, measure: Measure = 'absolute'): Card {
  mkdirSync(dir, { recursive: true });
  const plain = tinyCard();
  const { sampleRateHz, windowSamples } = plain.input;
  const bytes = tinyGraph(windowSamples, measure);
  const card = tinyCard({
    graph: { ...plain.graph, file: `tiny-${measure}.onnx`, sha256: createHash('sha256').update(bytes).digest('hex') },
    golden: [
      {
        signal: 'plucked-notes',
        embedding: tinyVector(goldenSignal('plucked-notes', sampleRateHz, windowSamples), measure),
        minCosine: 0.9999,
      },
    ],
    ...overrides,
  });
  writeFileSync(join(dir, card.graph.file), bytes);
  writeFileSync(join(dir, `${card.id}.json`), JSON.stringify(card));
  return card;
}
