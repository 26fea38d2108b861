// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { holdPitch } from './contour.ts';
import { indexWindows } from './index-windows.ts';
import { noteOnsets } from './note-onsets.ts';
import { queryVersions } from './query-versions.ts';
import { type Notes, TUNE, trackOf } from './testing/tune-frames.ts';

const HOP_MS = 32;
const INDEX = { durationsMs: [2800, 5000, 9000], startStepMs: 400, maxSegments: 4096, hopMs: HOP_MS };
const QUERY = { prefixes: [1, 0.85, 0.72, 0.6], hopMs: HOP_MS };
const windowsOf = (notes: Notes, options = {}) => {
  const pitch = trackOf(notes);
  return indexWindows(pitch, holdPitch(pitch), { ...INDEX, ...options });
};

describe('notes', () => {
  test('begin where the pitch moves to one that holds, and after a gap', () => {
    const pitch = trackOf([
      [60, 10],
      [62, 10],
      [Number.NaN, 6],
      [62, 10],
      [Number.NaN, 5],
      [62, 10],
    ]);
    expect(noteOnsets(pitch)).toEqual([
      { frame: 0, pitch: 60 },
      { frame: 10, pitch: 62 },
      { frame: 26, pitch: 62 },
    ]);
  });

  test('are not made by vibrato, by a glide on its way, or by a leap of two frames', () => {
    const vibrato = Float32Array.from({ length: 60 }, (_, t) => 60 + 0.4 * Math.sin(t));
    expect(noteOnsets(vibrato)).toHaveLength(1);
    const glide = Float32Array.from({ length: 30 }, (_, t) => 60 + Math.min(10, Math.max(0, t - 10)) * 0.5);
    expect(noteOnsets(glide).map(({ frame }) => frame)).toEqual([0, 19]);
    expect(
      noteOnsets(
        trackOf([
          [60, 10],
          [72, 2],
          [60, 10],
        ]),
      ),
    ).toHaveLength(1);
  });
});

describe('index windows', () => {
  test('begin at notes and have every duration until the melody ends', () => {
    const rest: Notes = [[Number.NaN, 20]];
    const windows = windowsOf([...rest, ...TUNE, ...TUNE, ...rest]);
    expect(windows.slice(0, 3)).toEqual([
      { from: 20, to: 108 },
      { from: 20, to: 176 },
      { from: 20, to: 276 },
    ]);
    expect(windows.every(({ from, to }) => (from - 20) % 16 === 0 && to - from >= 60 && to <= 276)).toBe(true);
    expect(new Set(windows.map(({ from }) => from)).size).toBeGreaterThan(8);
  });

  test('keep the least distance between starts', () => {
    const trill: Notes = Array.from({ length: 60 }, (_, i) => [60 + (i % 2) * 2, 5]);
    const starts = [...new Set(windowsOf(trill).map(({ from }) => from))];
    expect(Math.min(...starts.slice(1).map((start, i) => start - starts[i]!))).toBe(15);
  });

  test('of a long melody are thinned out evenly, from the first note on', () => {
    const long = Array.from({ length: 60 }, () => TUNE).flat();
    const windows = windowsOf(long, { maxSegments: 300 });
    expect(windows.length).toBeLessThanOrEqual(300);
    expect(windows.length).toBeGreaterThan(250);
    expect(windows[0]).toEqual({ from: 0, to: 88 });
    expect(windows.at(-1)!.from).toBeGreaterThan(7000);
    expect(windowsOf(long, { maxSegments: 1 })).toHaveLength(1);
  });

  test('there are none of silence or of what is too short', () => {
    expect(windowsOf([[Number.NaN, 300]])).toEqual([]);
    expect(
      windowsOf([
        [60, 30],
        [62, 29],
      ]),
    ).toEqual([]);
  });
});

describe('query versions', () => {
  test('of a single voice are its beginnings', () => {
    const pitch = trackOf([[Number.NaN, 10], ...TUNE, [Number.NaN, 10]]);
    const versions = queryVersions({ source: 'monophonic', pitch }, holdPitch(pitch), QUERY);
    expect(versions.map(({ from, to }) => [from, to])).toEqual([
      [10, 138],
      [10, 119],
      [10, 102],
      [10, 87],
    ]);
  });

  test('of a mix are windows all over it, 24 at most', () => {
    const pitch = trackOf([...TUNE, ...TUNE, ...TUNE, ...TUNE]);
    const versions = queryVersions({ source: 'dominant', pitch }, holdPitch(pitch), QUERY);
    expect(versions).toHaveLength(24);
    expect(versions[0]).toEqual({ from: 0, to: 100 });
    expect(Math.max(...versions.map(({ to, from }) => to - from))).toBe(319);
    const short = trackOf([
      [60, 30],
      [64, 30],
    ]);
    expect(queryVersions({ source: 'dominant', pitch: short }, holdPitch(short), QUERY)).toHaveLength(4);
  });

  test('of nothing there are none', () => {
    const pitch = trackOf([[Number.NaN, 100]]);
    expect(queryVersions({ source: 'monophonic', pitch }, holdPitch(pitch), QUERY)).toEqual([]);
  });
});
