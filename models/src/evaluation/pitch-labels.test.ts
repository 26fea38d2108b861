// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { parsePitchLabels } from './pitch-labels.ts';

test('labelled pitch is a number a frame, 0 where nothing is voiced', () => {
  expect([...parsePitchLabels('0  0\n57.25\r\n 56.5 0\n')]).toEqual([Number.NaN, Number.NaN, 57.25, 56.5, Number.NaN]);
  expect(parsePitchLabels('')).toHaveLength(0);
  expect(() => parsePitchLabels('57\nRIFF')).toThrow('value 2 is RIFF');
});
