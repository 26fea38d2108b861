// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { loudnessDbfs, peaks } from './signal-measures.ts';

const sine = (amplitude: number) =>
  Float32Array.from({ length: 8000 }, (_, n) => amplitude * Math.sin((2 * Math.PI * n) / 8));

test('a full-scale sine has a loudness of −3.01 dBFS', () => {
  expect(loudnessDbfs(sine(1))).toBeCloseTo(-3.0103, 3);
});

test('digital silence has no loudness', () => {
  expect(loudnessDbfs(new Float32Array(100))).toBeNull();
});

test('peaks are the largest absolute values of equal parts, 0…127', () => {
  const samples = Float32Array.from([0, 0.5, -1, 0.25, 0, 0, 0.1, -2]);
  expect(peaks(samples, 4)).toEqual([64, 127, 0, 127]);
  expect(peaks(samples, 1)).toEqual([127]);
});

test('more peaks than samples repeat samples instead of leaving gaps', () => {
  expect(peaks(Float32Array.from([1, 0.5]), 4)).toEqual([127, 127, 64, 64]);
});
