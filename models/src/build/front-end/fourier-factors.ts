// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from '../../dsp/hann-window.ts';

export interface FourierFactors {
  /** Length R of both stages' transforms; the frame has R² samples. */
  readonly radix: number;
  /** Residues k₁ = 0…R/2 of the bin modulo R; the others follow by symmetry, since the signal is real. */
  readonly residues: number;
  /** [phase n₂, residue k₁, re | im, n₁]: Hann window times e^(−2πi·n₁k₁/R). */
  readonly firstStage: readonly number[];
  /** [residue k₁, (k₂, re | im), (phase n₂, re | im)]: twiddle times second transform, complex as real 2 × 2 blocks. */
  readonly secondStage: readonly number[];
  /** DFT bin of each row of the result, real and imaginary parts alike; undefined where a row repeats a bin. */
  readonly bins: readonly (number | undefined)[];
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/**
 * Constants of a two-stage DFT of R² Hann-windowed samples (Cooley & Tukey 1965): with n = R·n₁ + n₂ and
 * k = k₁ + R·k₂, X[k] = Σ_n₂ e^(−2πi·n₂(k₁ + R·k₂)/R²) · Σ_n₁ x[n] e^(−2πi·n₁k₁/R).
 * @param size R², R even
 */
export function fourierFactors(size: number): FourierFactors {
  const radix = Math.round(Math.sqrt(size));
  if (size !== radix * radix || radix % 2 === 1) throw new RangeError(`${size} is not the square of an even number`);
  const hann = hannWindow(size);
  const residues = radix / 2 + 1;
  const angle = (product: number): number => (2 * Math.PI * (product % size)) / size;
  const firstStage = range(radix).flatMap((n2) =>
    range(residues).flatMap((k1) =>
      [Math.cos, (a: number) => -Math.sin(a)].flatMap((wave) =>
        range(radix).map((n1) => (hann[radix * n1 + n2] ?? 0) * wave(angle(radix * n1 * k1))),
      ),
    ),
  );
  const secondStage = range(residues).flatMap((k1) =>
    range(radix).flatMap((k2) => {
      const angles = range(radix).map((n2) => angle(n2 * (k1 + radix * k2)));
      const real = angles.flatMap((a) => [Math.cos(a), Math.sin(a)]);
      const imaginary = angles.flatMap((a) => [-Math.sin(a), Math.cos(a)]);
      return [...real, ...imaginary];
    }),
  );
  const seen = new Set<number>();
  const bins = range(residues).flatMap((k1) =>
    range(radix).flatMap((k2) => {
      const k = k1 + radix * k2;
      const bin = Math.min(k, size - k);
      const used = seen.has(bin) ? undefined : bin;
      seen.add(bin);
      return [used, used];
    }),
  );
  return { radix, residues, firstStage, secondStage, bins };
}
