// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenSignal } from '../../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../../onnx-runtime.ts';
import { encodeModel } from '../../onnx/encode-model.ts';
import { toBytes } from '../../onnx/wire.ts';
import { pannsGraph } from './graph.ts';
import {
  CNN6_ARCHITECTURE,
  CNN10_ARCHITECTURE,
  CNN14,
  CNN14_ARCHITECTURE,
  minSamplesOf,
  type PannsLayout,
} from './layout.ts';
import { randomPannsWeights } from './random-weights.ts';
import { pannsReference } from './reference/network.ts';
import { pannsWeightShapes } from './weights.ts';

/** Cnn14 at a 32nd of its width, at 8 kHz. */
const SMALL = {
  sampleRateHz: 8000,
  windowSamples: 16_000,
  fftSize: 256,
  hopSamples: 80,
  mel: { bands: 32, minHz: 50, maxHz: 3900 },
  dims: 64,
  classes: 20,
};
const LAYOUTS: Record<string, PannsLayout> = {
  Cnn14: { ...SMALL, architecture: CNN14_ARCHITECTURE, minSamples: 2480, channels: [2, 4, 8, 16, 32, 64] },
  Cnn10: { ...SMALL, architecture: CNN10_ARCHITECTURE, minSamples: 1200, channels: [2, 4, 8, 16] },
  Cnn6: { ...SMALL, architecture: CNN6_ARCHITECTURE, minSamples: 1200, channels: [2, 4, 8, 16] },
};

/** Lengths that are no multiples of hop or row, the shortest one among them. */
const LENGTHS = [16_000, 20_837, 2480];

const SIGNALS: Record<string, (samples: number) => Float32Array> = {
  'a chirp with noise': (samples) => goldenSignal('chirp-noise', 8000, samples),
  'plucked notes': (samples) => goldenSignal('plucked-notes', 8000, samples),
  'quiet plucked notes': (samples) => goldenSignal('plucked-notes', 8000, samples).map((sample) => sample / 1000),
  'digital silence': (samples) => new Float32Array(samples),
};

interface Answer {
  readonly embedding: Float32Array;
  readonly clipwise: Float32Array;
}

async function run(session: InferenceSession, windows: readonly Float32Array[]): Promise<Answer[]> {
  const samples = windows[0]!.length;
  const input = new Float32Array(windows.length * samples);
  for (const [i, window] of windows.entries()) input.set(window, i * samples);
  const answer = await session.run({ waveform: new Tensor('float32', input, [windows.length, samples]) });
  const row = (name: string, i: number): Float32Array => {
    const data = answer[name]!.data as Float32Array;
    const size = data.length / windows.length;
    return data.slice(i * size, (i + 1) * size);
  };
  return windows.map((_, i) => ({ embedding: row('embedding', i), clipwise: row('clipwise', i) }));
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
/** Largest difference of two vectors, in parts of the largest value. */
const relativeDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  difference(a, b) / Math.max(...Array.from(b, Math.abs));

describe.each(Object.keys(LAYOUTS))('the %s graph', (name) => {
  const layout = LAYOUTS[name]!;
  const weights = randomPannsWeights(layout, 14);
  let session: InferenceSession;

  beforeAll(async () => {
    const graph = pannsGraph(weights, { id: 'small-1', layout });
    session = await InferenceSession.create(toBytes(encodeModel(graph)), { intraOpNumThreads: 1 });
  });
  afterAll(() => session.release());

  test.each(Object.keys(SIGNALS))('agrees with the double precision reference on %s', async (signal) => {
    for (const length of LENGTHS) {
      const samples = SIGNALS[signal]!(length);
      const [answer] = await run(session, [samples]);
      const reference = pannsReference(samples, weights, layout);
      expect(relativeDifference(answer!.embedding, reference.embedding)).toBeLessThanOrEqual(1e-4);
      expect(difference(answer!.clipwise, reference.clipwise)).toBeLessThanOrEqual(1e-5);
      expect(reference.embedding.filter((value) => value > 0).length).toBeGreaterThan(layout.dims / 8);
    }
  });

  test('gives the same vector alone and in a batch', async () => {
    const signals = Object.values(SIGNALS).map((make) => make(layout.windowSamples));
    const together = await run(session, signals);
    for (const [i, signal] of signals.entries()) {
      const [alone] = await run(session, [signal]);
      expect(relativeDifference(together[i]!.embedding, alone!.embedding)).toBeLessThanOrEqual(1e-5);
    }
  });

  test('takes windows down to the shortest one', async () => {
    const shortest = minSamplesOf(layout.architecture, layout.hopSamples);
    expect(shortest).toBe(layout.minSamples);
    const [answer] = await run(session, [goldenSignal('plucked-notes', 8000, shortest)]);
    expect(answer!.embedding.every(Number.isFinite)).toBe(true);
  });
});

test('names the tensor that is missing or has another size', () => {
  const layout = LAYOUTS.Cnn14!;
  const weights = randomPannsWeights(layout, 14);
  const without = new Map(weights);
  without.delete('conv_block3.bn2.running_var');
  expect(() => pannsGraph(without, { id: 'small-1', layout })).toThrow(
    'the weights have no tensor conv_block3.bn2.running_var',
  );
  const other = new Map(weights).set('fc1.weight', new Float32Array(7));
  expect(() => pannsGraph(other, { id: 'small-1', layout })).toThrow('fc1.weight has 7 values, not 64 × 64');
});

test('Cnn14 has the tensors of a PANNs checkpoint, without front-end and counters', () => {
  const shapes = pannsWeightShapes(CNN14);
  const values = [...shapes.values()].reduce((sum, dims) => sum + dims.reduce((product, dim) => product * dim, 1), 0);
  // 80,753,615 learnable values, plus mean and variance of 13 normalisations.
  expect(values).toBe(80_753_615 + 2 * (64 + 2 * (64 + 128 + 256 + 512 + 1024 + 2048)));
  expect(shapes.get('conv_block6.conv1.weight')).toEqual([2048, 1024, 3, 3]);
  expect(CNN14.minSamples).toBe(9920);
});
