// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { planSamples } from './sample-plan.ts';

const at = { sampleRateHz: 100, maxSeconds: 60 };

test('without an excerpt everything up to the limit is kept, and more is too long', () => {
  expect(planSamples(at)).toMatchObject({ skipFrames: 0, endFrame: 6000, maxFrames: 6000 });
});

test('an excerpt within the limit of a longer recording is fine', () => {
  const plan = planSamples({ ...at, offsetSeconds: 10, durationSeconds: 5 });
  expect(plan).toMatchObject({ skipFrames: 1000, endFrame: 1500, maxFrames: Number.POSITIVE_INFINITY });
  expect(plan.readSeconds).toBeGreaterThan(15);
});

test('an excerpt that reaches beyond the limit is too long where the recording does', () => {
  expect(planSamples({ ...at, offsetSeconds: 50, durationSeconds: 20 })).toMatchObject({
    endFrame: 6000,
    maxFrames: 6000,
  });
});
