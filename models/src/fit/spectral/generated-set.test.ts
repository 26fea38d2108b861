// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { SPECTRAL } from '../../build/spaces/spectral/parameters.ts';
import { decodeGeneratedSet, encodeGeneratedSet, readGeneratedSet } from './generated-set.ts';

const clip = (recipe: string, gain: number) => ({
  recipe,
  statistics: Float64Array.from({ length: SPECTRAL.statistics }, (_, i) => (i === 7 ? 3 : gain * Math.sin(i) - i)),
});

describe('the generated set', () => {
  const clips = [clip('rain', 1), clip('rain', 0.2), clip('bell', -1)];
  const bytes = encodeGeneratedSet(clips);

  test('comes back with an error below half a step, and constant statistics exactly', () => {
    const decoded = decodeGeneratedSet(bytes);
    expect(decoded.map(({ recipe }) => recipe)).toEqual(['rain', 'rain', 'bell']);
    decoded.forEach(({ statistics }, row) => {
      statistics.forEach((value, i) => {
        const step = (2 * Math.abs(Math.sin(i))) / 255;
        expect(Math.abs(value - clips[row]!.statistics[i]!)).toBeLessThan(step * 0.51 + 1e-4);
      });
      expect(statistics[7]).toBe(3);
    });
  });

  test('is the same bytes each time, and refused when cut', () => {
    expect(encodeGeneratedSet(clips).equals(bytes)).toBe(true);
    expect(() => decodeGeneratedSet(bytes.subarray(0, -1))).toThrow('damaged');
  });

  test('ships with every recipe of the corpus', () => {
    const shipped = readGeneratedSet();
    expect(shipped).toHaveLength(3552);
    expect(new Set(shipped.map(({ recipe }) => recipe)).size).toBe(74);
  });
});
