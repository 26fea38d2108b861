// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { melFilterbank } from './mel-filterbank.ts';

describe('melFilterbank', () => {
  const rows = melFilterbank({ sampleRateHz: 32_000, fftSize: 1024, bands: 64, minHz: 50, maxHz: 14_000 });

  // librosa 0.11: filters.mel(sr=32000, n_fft=1024, n_mels=64, fmin=50, fmax=14000, dtype=float64)
  test('gives the weights of librosa', () => {
    expect(rows[0]![2]).toBeCloseTo(0.004289089459194084, 12);
    expect(rows[63]![430]).toBeCloseTo(0.0010059090629369802, 12);
    const weights = rows.flatMap((row) => [...row]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(2.048126180533764, 10);
    expect(weights.filter((weight) => weight > 0)).toHaveLength(866);
  });

  test('leaves no band empty', () => {
    expect(rows.every((row) => row.some((weight) => weight > 0))).toBe(true);
  });
});
