// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { createWindowCutter, padWindow, type Window } from './window-cutter.ts';

const inputOf = (windowSamples: number): Card['input'] => ({ ...tinyCard().input, windowSamples });

/** Cuts a recording whose n-th sample is n + 1, given in pieces of these lengths over and over. */
function cutCounting(total: number, windowSamples: number, hop: number, pieces: readonly number[] = [total]): Window[] {
  const cutter = createWindowCutter(inputOf(windowSamples), hop);
  const windows: Window[] = [];
  for (let at = 0, piece = 0; at < total; piece++) {
    const length = Math.min(pieces[piece % pieces.length] ?? 1, total - at);
    const samples = Float32Array.from({ length }, (_, index) => at + index + 1);
    const iterator = cutter.push(samples);
    for (let next = iterator.next(); !next.done; next = iterator.next()) windows.push(next.value);
    at += length;
  }
  windows.push(...cutter.finish());
  expect(cutter.totalSamples).toBe(total);
  return windows;
}

test('all but a negligible rest lies in windows, each holds its own samples, and pieces make no difference', () => {
  const cases = fc.record({
    total: fc.integer({ min: 1, max: 3000 }),
    window: fc.integer({ min: 1, max: 300 }),
    hopShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
    pieces: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(cases, ({ total, window, hopShare, pieces }) => {
      const windows = cutCounting(total, window, Math.max(1, Math.floor(window * hopShare)), pieces);
      let covered = 0;
      for (const { startSample, endSample, samples } of windows) {
        expect(startSample).toBeLessThanOrEqual(covered);
        expect(endSample).toBe(Math.min(startSample + window, total));
        expect(samples).toHaveLength(window);
        expect(samples?.[0]).toBe(startSample + 1);
        expect(samples?.[endSample - startSample - 1]).toBe(endSample);
        covered = endSample;
      }
      expect(total - covered).toBeLessThanOrEqual(window * 0.02);
    }),
    { numRuns: 60 },
  );
});

test.each([
  [100, 100, 50, [0]],
  [40, 100, 50, [0]],
  [200, 100, 50, [0, 50, 100]],
  [202, 100, 50, [0, 50, 100]],
  [203, 100, 50, [0, 50, 100, 103]],
  [101, 100, 50, [0]],
])('%d samples in windows of %d every %d start at %j', (total, window, hop, starts) => {
  expect(cutCounting(total, window, hop, [33]).map(({ startSample }) => startSample)).toEqual(starts);
});

test('a window in which nothing sounds has no samples', () => {
  const cutter = createWindowCutter(inputOf(4), 4);
  const windows = [...{ [Symbol.iterator]: () => cutter.push(Float32Array.of(0, 0, 0, 0, 0, 0.5, 0, 0)) }];
  expect(windows.map(({ samples }) => samples && [...samples])).toEqual([null, [0, 0.5, 0, 0]]);
});

test('a short recording is padded by zeros or by itself', () => {
  const part = Float32Array.of(1, 2, 3);
  expect([...padWindow(part, 7, 'repeat')]).toEqual([1, 2, 3, 1, 2, 3, 1]);
  expect([...padWindow(part, 7, 'repeat-whole')]).toEqual([1, 2, 3, 1, 2, 3, 0]);
  expect([...padWindow(part, 6, 'repeat-whole')]).toEqual([1, 2, 3, 1, 2, 3]);
  expect([...padWindow(part, 7, 'zero')]).toEqual([1, 2, 3, 0, 0, 0, 0]);
});

test('where windows are made of frames the last one begins with a frame, and less than a frame is left out', () => {
  const total = fc.integer({ min: 100, max: 900 });
  const piece = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(total, fc.array(piece, { minLength: 1, maxLength: 4 }), (samples, pieces) => {
      const cutter = createWindowCutter(inputOf(100), 90, 10);
      const windows: Window[] = [];
      for (let at = 0, turn = 0; at < samples; turn++) {
        const length = Math.min(pieces[turn % pieces.length] ?? 1, samples - at);
        const given = cutter.push(Float32Array.from({ length }, (_, index) => at + index + 1));
        for (let next = given.next(); !next.done; next = given.next()) windows.push(next.value);
        at += length;
      }
      windows.push(...cutter.finish());
      expect(windows.at(-1)!.endSample).toBeGreaterThan(samples - 10);
      for (const { startSample, endSample, samples: own } of windows) {
        expect([startSample % 10, endSample - startSample]).toEqual([0, 100]);
        expect([own![0], own![99]]).toEqual([startSample + 1, endSample]);
      }
    }),
  );
});
