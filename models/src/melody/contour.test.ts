// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { holdPitch } from './contour.ts';
import { TUNE, trackOf } from './testing/tune-frames.ts';

const median = (values: readonly number[]): number => {
  const ordered = values.toSorted((a, b) => a - b);
  const [low, high] = [ordered[Math.ceil(ordered.length / 2) - 1]!, ordered[ordered.length >> 1]!];
  return (low + high) / 2;
};

/** The definition, step by step. */
function plainContour(stretch: Float32Array, points: number): number[] {
  const isVoiced = (value: number): boolean => !Number.isNaN(value);
  const cut = [...stretch].slice(stretch.findIndex(isVoiced), stretch.findLastIndex(isVoiced) + 1);
  const held: number[] = [];
  for (const value of cut) held.push(isVoiced(value) ? value : held.at(-1)!);
  const at = (frame: number): number => held[Math.min(held.length - 1, Math.max(0, frame))]!;
  const filtered = held.map((_, frame) => median(Array.from({ length: 7 }, (__, i) => at(frame + i - 3))));
  const resampled = Array.from({ length: points }, (_, i) => {
    const place = Math.min(held.length - 1, Math.max(0, ((i + 0.5) * held.length) / points - 0.5));
    const left = Math.floor(place);
    return filtered[left]! + (place - left) * ((filtered[left + 1] ?? filtered[left]!) - filtered[left]!);
  });
  const middle = median(resampled);
  const clipped = resampled.map((value) => Math.min(12, Math.max(-12, value - middle)));
  const mean = clipped.reduce((sum, value) => sum + value, 0) / points;
  return clipped.map((value) => value - mean);
}

/** A wandering pitch with gaps, the same on every machine. */
function wanderingTrack(frames: number): Float32Array {
  let [state, pitch] = [1, 60];
  return Float32Array.from({ length: frames }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pitch += (state / 2 ** 32 - 0.5) * 3;
    return state % 5 === 0 ? Number.NaN : Math.round(pitch * 4) / 4;
  });
}

describe('a contour', () => {
  test('of any stretch is what the definition gives for that stretch alone', () => {
    const track = wanderingTrack(400);
    const held = holdPitch(track);
    for (const [from, to] of [
      [0, 400],
      [3, 90],
      [120, 190],
      [7, 320],
      [361, 400],
      [200, 231],
    ] as const) {
      const contour = held.contour({ from, to }, 128)!;
      for (const [i, value] of plainContour(track.subarray(from, to), 128).entries())
        expect(contour[i], `${from}-${to} point ${i}`).toBeCloseTo(value, 4);
    }
  });

  test('is the same in every key and tempo', () => {
    const [low, high] = [holdPitch(trackOf(TUNE)), holdPitch(trackOf(TUNE.map(([pitch, n]) => [pitch + 7, n * 2])))];
    const [a, b] = [low.contour({ from: 0, to: 128 }, 128)!, high.contour({ from: 0, to: 256 }, 128)!];
    for (const [i, value] of a.entries()) expect(Math.abs(b[i]! - value)).toBeLessThanOrEqual(1);
    expect(a.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 3);
  });

  test('does not see a leap of the tracker, and clips what is an octave off for long', () => {
    const leap = trackOf([
      [60, 30],
      [84, 2],
      [60, 30],
    ]);
    expect(
      holdPitch(leap)
        .contour({ from: 0, to: 62 }, 128)!
        .every((value) => Math.abs(value) < 1e-6),
    ).toBe(true);
    const octaves = holdPitch(
      trackOf([
        [60, 90],
        [84, 10],
      ]),
    ).contour({ from: 0, to: 100 }, 128)!;
    expect(Math.max(...octaves) - Math.min(...octaves)).toBeCloseTo(12, 5);
  });

  test('of fewer than 10 voiced frames there is none', () => {
    const held = holdPitch(
      trackOf([
        [60, 5],
        [Number.NaN, 50],
        [62, 4],
      ]),
    );
    expect(held.contour({ from: 0, to: 59 }, 128)).toBeNull();
    expect(holdPitch(new Float32Array(0)).contour({ from: 0, to: 10 }, 128)).toBeNull();
    expect(
      holdPitch(
        trackOf([
          [60, 5],
          [Number.NaN, 50],
          [62, 5],
        ]),
      ).cut({ from: 2, to: 60 }),
    ).toBeNull();
  });
});
