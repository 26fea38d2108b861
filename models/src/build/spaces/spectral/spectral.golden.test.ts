// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildSpectral } from '../../../../training/spectral/build-spectral.ts';
import { goldenSignal } from '../../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../../onnx-runtime.ts';
import { loadSpaces } from '../../../registry.ts';
import { SPECTRAL } from './parameters.ts';
import { spectralEmbedding } from './reference/embedding.ts';

const { windowSamples, sampleRateHz, dims } = SPECTRAL;

/** 32-bit linear congruential generator: uniform −1…1. */
function noise(seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: windowSamples }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  });
}

const tone = (hz: number, amplitude: number): Float32Array =>
  Float32Array.from({ length: windowSamples }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRateHz));
const scaled = (samples: Float32Array, gain: number): Float32Array => samples.map((sample) => gain * sample);
/** Repeats the first `samples` samples until the window is full. */
const repeated = (samples: Float32Array, length: number): Float32Array => samples.map((_, n) => samples[n % length]!);

const SIGNALS: Record<string, Float32Array> = {
  'a chirp with noise': goldenSignal('chirp-noise', sampleRateHz, windowSamples),
  'plucked notes': goldenSignal('plucked-notes', sampleRateHz, windowSamples),
  'white noise': noise(1),
  'white noise at −70 dB': scaled(noise(2), 3e-4),
  'a loud 440 Hz tone': tone(440, 1),
  'a quiet 6.2 kHz tone': tone(6200, 1e-3),
  'a burst in digital silence': noise(3).map((sample, n) => (n > 60_000 && n < 66_000 ? sample : 0)),
  '0.3 s repeated': repeated(goldenSignal('plucked-notes', sampleRateHz, windowSamples), SPECTRAL.minSamples),
  'digital silence': new Float32Array(windowSamples),
};

const { bytes, card, constants } = buildSpectral();
let session: InferenceSession;

async function run(...windows: Float32Array[]): Promise<Float32Array[]> {
  const input = new Float32Array(windows.length * windowSamples);
  windows.forEach((window, i) => {
    input.set(window, i * windowSamples);
  });
  const answer = await session.run({ waveform: new Tensor('float32', input, [windows.length, windowSamples]) });
  const data = answer.embedding!.data as Float32Array;
  return windows.map((_, i) => data.slice(i * dims, (i + 1) * dims));
}

const largestDifference = (a: Float32Array, b: ArrayLike<number>): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('the shipped spectral graph', () => {
  const space = loadSpaces().get(card.id)!;

  beforeAll(async () => {
    session = await InferenceSession.create(space.graphPath, { intraOpNumThreads: 1 });
  });

  test('is what the committed constants build, byte for byte, and so is its card', () => {
    const committed = readFileSync(space.graphPath);
    expect(createHash('sha256').update(committed).digest('hex')).toBe(card.graph.sha256);
    expect(committed.equals(bytes)).toBe(true);
    expect(space.card).toEqual(card);
  });

  test.each(Object.keys(SIGNALS))('agrees with the double precision reference on %s', async (name) => {
    const samples = SIGNALS[name]!;
    const [vector] = await run(samples);
    expect(largestDifference(vector!, spectralEmbedding(samples, constants))).toBeLessThanOrEqual(1e-4);
    expect(Math.hypot(...vector!)).toBeCloseTo(1, 5);
  });

  test('gives the golden vectors of its card', async () => {
    for (const { signal, embedding } of card.golden) {
      const [vector] = await run(goldenSignal(signal, sampleRateHz, windowSamples));
      expect(largestDifference(vector!, embedding)).toBeLessThanOrEqual(1e-4);
    }
  });

  test.each([1e-3, 0.037, 0.5, 7])('does not hear a gain of %d', async (gain) => {
    for (const samples of [
      SIGNALS['plucked notes']!,
      SIGNALS['a burst in digital silence']!,
      SIGNALS['white noise']!,
    ]) {
      const [plain, louder] = await run(samples, scaled(samples, gain));
      expect(largestDifference(plain!, louder!)).toBeLessThanOrEqual(1e-4);
    }
  });

  test('gives the same vector alone and in a batch of eight', async () => {
    const windows = Object.values(SIGNALS).slice(0, 8);
    const together = await run(...windows);
    for (const [i, window] of windows.entries()) {
      const [alone] = await run(window);
      expect(largestDifference(alone!, together[i]!)).toBeLessThanOrEqual(1e-5);
    }
  });

  test('tells sounds apart', async () => {
    const [pluck, hiss] = await run(SIGNALS['plucked notes']!, SIGNALS['white noise']!);
    expect(pluck!.reduce((sum, value, i) => sum + value * hiss![i]!, 0)).toBeLessThan(0.5);
  });
});
