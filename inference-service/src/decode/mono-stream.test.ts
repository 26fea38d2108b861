// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMonoStream, meanOfChannels } from './mono-stream.ts';
import { planSamples } from './sample-plan.ts';

const WHOLE = planSamples({ sampleRateHz: 10, maxSeconds: 1000 });

test('the mean counts every channel alike', () => {
  expect([...meanOfChannels(Float32Array.from([1, 0.5, 0, -1, -0.5, 0]), 3)]).toEqual([0.5, -0.5]);
});

test('the pieces a stream comes in do not change the samples', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 37 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 6 }),
      (values, pieces, channels) => {
        const interleaved = Float32Array.from(values);
        const bytes = Buffer.from(interleaved.buffer);
        const stream = createMonoStream(channels, WHOLE);
        const kept: number[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = pieces[i % pieces.length] ?? 1;
          kept.push(...stream.push(bytes.subarray(at, at + length)));
          at += length;
        }
        const frames = Math.floor(values.length / channels);
        expect(stream.framesSeen).toBe(frames);
        expect(kept).toEqual([...meanOfChannels(interleaved.slice(0, frames * channels), channels)]);
        expect(stream.framesKept).toBe(frames);
      },
    ),
  );
});

test('only the planned excerpt is kept', () => {
  const stream = createMonoStream(
    1,
    planSamples({ sampleRateHz: 10, maxSeconds: 9, offsetSeconds: 0.3, durationSeconds: 0.4 }),
  );
  const all = Float32Array.from({ length: 20 }, (_, n) => n);
  const kept: number[] = [];
  for (let n = 0; n < 20; n += 2) kept.push(...stream.push(Buffer.from(all.slice(n, n + 2).buffer)));
  expect(kept).toEqual([3, 4, 5, 6]);
  expect(stream.framesSeen).toBe(20);
});
