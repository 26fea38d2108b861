// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { chooseVersions } from './choose-versions.ts';

const DURATIONS = [2800, 4100, 6000, 8800, 12_900];
const windowsOf = (starts: readonly number[], durations = DURATIONS) =>
  starts.flatMap((start_ms) => durations.map((duration) => ({ start_ms, end_ms: start_ms + duration })));

test('one window a start is taken, about six seconds long', () => {
  const windows = windowsOf([0, 400, 1200]);
  const chosen = chooseVersions(windows).map((at) => windows[at]);
  expect(chosen).toEqual([
    { start_ms: 0, end_ms: 6000 },
    { start_ms: 400, end_ms: 6400 },
    { start_ms: 1200, end_ms: 7200 },
  ]);
});

test('of many starts sixteen are taken, spread over the song, its first and last among them', () => {
  const windows = windowsOf(Array.from({ length: 300 }, (_, i) => i * 500));
  const starts = chooseVersions(windows).map((at) => windows[at]?.start_ms ?? 0);
  expect(starts).toHaveLength(16);
  expect([starts[0], starts.at(-1), new Set(starts).size]).toEqual([0, 149_500, 16]);
});

test('a song that has only shorter windows asks with its longest, and one without any asks with none', () => {
  const windows = windowsOf([0], [2000, 2800, 3500]);
  expect(chooseVersions(windows)).toEqual([2]);
  expect(chooseVersions([])).toEqual([]);
});
