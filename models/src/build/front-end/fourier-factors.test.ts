// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { hannWindow } from '../../dsp/hann-window.ts';
import { fourierFactors } from './fourier-factors.ts';

const SIZE = 1024;
const { radix, residues, firstStage, secondStage, bins } = fourierFactors(SIZE);

/** Both stages on one frame, as the graph does them. */
function transform(frame: readonly number[]): number[] {
  const partial = Array.from({ length: radix }, (_, n2) =>
    Array.from({ length: residues * 2 }, (_row, row) => {
      const kernel = firstStage.slice((n2 * residues * 2 + row) * radix, (n2 * residues * 2 + row + 1) * radix);
      return kernel.reduce((sum, weight, n1) => sum + weight * frame[radix * n1 + n2]!, 0);
    }),
  );
  const width = 2 * radix;
  return Array.from({ length: residues }, (_, k1) =>
    Array.from({ length: width }, (_row, row) =>
      Array.from({ length: width }).reduce((sum: number, _column, column) => {
        const value = partial[Math.floor(column / 2)]![2 * k1 + (column % 2)]!;
        return sum + secondStage[(k1 * width + row) * width + column]! * value;
      }, 0),
    ),
  ).flat();
}

describe('fourierFactors', () => {
  test('two stages give the Hann-windowed DFT', () => {
    const frame = Array.from({ length: SIZE }, (_, n) => Math.sin(n * n * 0.001) + 0.3 * Math.cos(n));
    const hann = hannWindow(SIZE);
    const rows = transform(frame);
    for (const bin of [0, 1, 16, 17, 31, 32, 300, 447, 511, 512]) {
      const angle = (n: number) => (2 * Math.PI * bin * n) / SIZE;
      const re = frame.reduce((sum, x, n) => sum + x * hann[n]! * Math.cos(angle(n)), 0);
      const im = frame.reduce((sum, x, n) => sum + x * hann[n]! * Math.sin(angle(n)), 0);
      const power = rows.reduce((sum, value, row) => (bins[row] === bin ? sum + value * value : sum), 0);
      expect(power).toBeCloseTo(re * re + im * im, 8);
    }
  });

  test('every bin occurs once, as a real and an imaginary row', () => {
    const used = bins.filter((bin) => bin !== undefined).sort((a, b) => a - b);
    expect(used).toEqual(Array.from({ length: 2 * (SIZE / 2 + 1) }, (_, i) => Math.floor(i / 2)));
  });

  test.each([1000, 81])('refuses %d points', (size) => {
    expect(() => fourierFactors(size)).toThrow(`${size} is not the square of an even number`);
  });
});
