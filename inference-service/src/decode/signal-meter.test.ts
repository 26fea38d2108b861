// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createSignalMeter } from './signal-meter.ts';

function measure(samples: Float32Array) {
  const meter = createSignalMeter();
  for (let at = 0; at < samples.length; at += 7) meter.push(samples.subarray(at, at + 7));
  return meter;
}

const sine = (amplitude: number) =>
  Float32Array.from({ length: 8000 }, (_, n) => amplitude * Math.sin((2 * Math.PI * n) / 8));

test('a full-scale sine has a loudness of −3.01 dBFS', () => {
  expect(measure(sine(1)).loudnessDbfs()).toBeCloseTo(-3.0103, 3);
});

test('digital silence has no loudness', () => {
  expect(measure(new Float32Array(100)).loudnessDbfs()).toBeNull();
});

test('peaks are the largest absolute values of equal parts, 0…127', () => {
  const samples = Float32Array.from([0, 0.5, -1, 0.25, 0, 0, 0.1, -2]);
  expect(measure(samples).peaks(4)).toEqual([64, 127, 0, 127]);
  expect(measure(samples).peaks(1)).toEqual([127]);
});

test('more peaks than samples repeat samples instead of leaving gaps', () => {
  expect(measure(Float32Array.from([1, 0.5])).peaks(4)).toEqual([127, 127, 64, 64]);
});

test('an hour of samples keeps its shape in bounded memory', () => {
  const meter = createSignalMeter();
  for (let part = 0; part < 100; part++) meter.push(new Float32Array(8000).fill(part / 127));
  const drawn = meter.peaks(100);
  for (const [part, level] of drawn.entries()) expect(Math.abs(level - part)).toBeLessThanOrEqual(1);
});
