// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { SPECTRAL, type SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import type { Recording } from './clips.ts';
import { judgeConstants } from './judge-constants.ts';

const { statistics: COUNT, dims } = SPECTRAL;

/** Constants that look at some statistics only, one a dimension. */
const lookingAt = (...columns: number[]): SpectralConstants => ({
  median: new Float32Array(COUNT),
  scale: new Float32Array(COUNT).fill(1),
  projection: Float32Array.from({ length: COUNT * dims }, (_, i) =>
    columns[i % dims] === Math.floor(i / dims) ? 1 : 0,
  ),
  offset: new Float32Array(dims),
});

/** Statistics 0 and 1 tell labels apart, 2 and 3 recordings, 4 and 5 are alike for all. */
function clip(label: number, recording: number, part: number): Float64Array {
  const values = new Float64Array(COUNT);
  const angle = recording * 0.7;
  values.set([Math.cos(label), Math.sin(label), Math.cos(angle), Math.sin(angle), 1, 0.001 * (part + 1)]);
  return values;
}

const recordings: Recording[] = Array.from({ length: 12 }, (_, i) => ({
  label: `label ${i % 2}`,
  clips: [clip(i % 2, i, 0), clip(i % 2, i, 1)],
  halves: [],
}));

describe('judgeConstants', () => {
  const blind = lookingAt(4, 5);
  const good = lookingAt(0, 1);
  const hearing = lookingAt(2, 3);

  test('measures what a space gains in finding equal labels, with an interval above zero', () => {
    const { sameLabel } = judgeConstants(recordings, { before: blind, after: good });
    expect(sameLabel).toMatchObject({ recordings: 12, labels: 2, map: { after: 1 }, first: { after: 1 } });
    expect(sameLabel!.difference.low).toBeGreaterThan(0);
    expect(sameLabel!.chance).toBeCloseTo(5 / 11);
  });

  test('measures whether parts of a recording find each other', () => {
    const { sameRecording } = judgeConstants(recordings, { before: blind, after: hearing });
    expect(sameRecording!.map.after).toBe(1);
    expect(sameRecording!.map.before).toBeLessThan(0.5);
    expect(sameRecording!.recordings).toBe(12);
  });

  test('finds no difference between a space and itself', () => {
    const { sameLabel } = judgeConstants(recordings, { before: good, after: good });
    expect(sameLabel!.difference).toEqual({ mean: 0, low: 0, high: 0 });
  });

  test('asks halves where a recording is too short for two clips', () => {
    const short = recordings.map(({ label, clips }) => ({ label, clips: clips.slice(0, 1), halves: clips }));
    expect(judgeConstants(short, { before: blind, after: hearing }).sameRecording?.recordings).toBe(12);
  });

  test('leaves out what too few recordings could answer', () => {
    const single = recordings.map(({ clips }, i) => ({ label: `label ${i}`, clips: clips.slice(0, 1), halves: [] }));
    expect(judgeConstants(single, { before: blind, after: good })).toEqual({});
    const unlabelled = recordings.map((recording) => ({ ...recording, label: undefined }));
    expect(judgeConstants(unlabelled, { before: blind, after: good }).sameLabel).toBeUndefined();
    expect(judgeConstants(recordings.slice(0, 9), { before: blind, after: good })).toEqual({});
  });
});
