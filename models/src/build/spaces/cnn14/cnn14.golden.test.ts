// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from 'vitest';
import { goldenSignal } from '../../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../../onnx-runtime.ts';
import { encodeModel } from '../../onnx/encode-model.ts';
import { toBytes } from '../../onnx/wire.ts';
import { cnn14Graph } from './graph.ts';
import { CNN14, type Cnn14Layout } from './layout.ts';
import { randomCnn14Weights } from './random-weights.ts';
import { cnn14Embedding } from './reference/network.ts';
import { cnn14WeightShapes } from './weights.ts';

/** Cnn14 at a 32nd of its width: 75 thousand weights, 2 s at 8 kHz; an odd number of frames and 2 → 1 mels at the end. */
const SMALL: Cnn14Layout = {
  sampleRateHz: 8000,
  windowSamples: 16_000,
  minSamples: 2480,
  fftSize: 256,
  hopSamples: 80,
  mel: { bands: 32, minHz: 50, maxHz: 3900 },
  channels: [2, 4, 8, 16, 32, 64],
  dims: 64,
};
const { windowSamples, sampleRateHz, dims } = SMALL;
const weights = randomCnn14Weights(SMALL, 14);

const SIGNALS: Record<string, Float32Array> = {
  'a chirp with noise': goldenSignal('chirp-noise', sampleRateHz, windowSamples),
  'plucked notes': goldenSignal('plucked-notes', sampleRateHz, windowSamples),
  'quiet plucked notes': goldenSignal('plucked-notes', sampleRateHz, windowSamples).map((sample) => sample / 1000),
  'digital silence': new Float32Array(windowSamples),
};

let session: InferenceSession;

async function run(...windows: Float32Array[]): Promise<Float32Array[]> {
  const input = Float32Array.from(windows.flatMap((window) => [...window]));
  const answer = await session.run({ waveform: new Tensor('float32', input, [windows.length, windowSamples]) });
  const data = answer.embedding!.data as Float32Array;
  return windows.map((_, i) => data.slice(i * dims, (i + 1) * dims));
}

/** Largest difference of two vectors, in parts of the largest value. */
function relativeDifference(a: Float32Array, b: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(b, Math.abs));
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!) / largest), 0);
}

describe('the Cnn14 graph', () => {
  beforeAll(async () => {
    session = await InferenceSession.create(toBytes(encodeModel(cnn14Graph('small-1', weights, SMALL))), {
      intraOpNumThreads: 1,
    });
  });

  test.each(Object.keys(SIGNALS))('agrees with the double precision reference on %s', async (name) => {
    const [vector] = await run(SIGNALS[name]!);
    const reference = cnn14Embedding(SIGNALS[name]!, weights, SMALL);
    expect(relativeDifference(vector!, reference)).toBeLessThanOrEqual(1e-4);
    expect(reference.filter((value) => value > 0).length).toBeGreaterThan(dims / 8);
  });

  test('gives the same vector alone and in a batch', async () => {
    const together = await run(...Object.values(SIGNALS));
    for (const [i, signal] of Object.values(SIGNALS).entries()) {
      const [alone] = await run(signal);
      expect(relativeDifference(together[i]!, alone!)).toBeLessThanOrEqual(1e-5);
    }
  });

  test('names the tensor that is missing or has another size', () => {
    const without = new Map(weights);
    without.delete('conv_block3.bn2.running_var');
    expect(() => cnn14Graph('small-1', without, SMALL)).toThrow(
      'the weights have no tensor conv_block3.bn2.running_var',
    );
    const other = new Map(weights).set('fc1.weight', new Float32Array(7));
    expect(() => cnn14Graph('small-1', other, SMALL)).toThrow('fc1.weight has 7 values, not 64 × 64');
  });
});

test('Cnn14 has the tensors of a PANNs checkpoint, without front-end, classifier and counters', () => {
  const shapes = cnn14WeightShapes(CNN14);
  const values = [...shapes.values()].reduce((sum, dims) => sum + dims.reduce((product, dim) => product * dim, 1), 0);
  // 80,753,615 learnable values, less the classifier's 527 · 2049, plus mean and variance of 13 normalisations.
  expect(values).toBe(80_753_615 - 527 * 2049 + 2 * (64 + 2 * (64 + 128 + 256 + 512 + 1024 + 2048)));
  expect(shapes.get('conv_block6.conv1.weight')).toEqual([2048, 1024, 3, 3]);
  expect(CNN14.minSamples).toBe(9920);
});
