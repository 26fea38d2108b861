// SPDX-License-Identifier: Apache-2.0
import { hannWindow } from '../../../dsp/hann-window.ts';

/** Length of both stages' transforms; the frame has RADIX² samples. */
export const RADIX = 32;

export interface FourierFactors {
  /** Residues k₁ = 0…16 of the bin modulo 32; the others follow by symmetry, since the signal is real. */
  readonly residues: number;
  /** [phase n₂, residue k₁, re | im, n₁]: Hann window times e^(−2πi·n₁k₁/32). */
  readonly firstStage: readonly number[];
  /** [residue k₁, (k₂, re | im), (phase n₂, re | im)]: twiddle times second transform, complex as real 2 × 2 blocks. */
  readonly secondStage: readonly number[];
  /** DFT bin of each row of the result, real and imaginary parts alike; undefined where a row repeats a bin. */
  readonly bins: readonly (number | undefined)[];
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/**
 * Constants of a two-stage DFT of RADIX² Hann-windowed samples (Cooley & Tukey 1965): with n = 32·n₁ + n₂ and
 * k = k₁ + 32·k₂, X[k] = Σ_n₂ e^(−2πi·n₂(k₁ + 32k₂)/1024) · Σ_n₁ x[n] e^(−2πi·n₁k₁/32).
 */
export function fourierFactors(size: number): FourierFactors {
  if (size !== RADIX * RADIX) throw new RangeError(`the transform has ${RADIX * RADIX} points`);
  const hann = hannWindow(size);
  const residues = RADIX / 2 + 1;
  const angle = (product: number): number => (2 * Math.PI * (product % size)) / size;
  const firstStage = range(RADIX).flatMap((n2) =>
    range(residues).flatMap((k1) =>
      [Math.cos, (a: number) => -Math.sin(a)].flatMap((wave) =>
        range(RADIX).map((n1) => (hann[RADIX * n1 + n2] ?? 0) * wave(angle(RADIX * n1 * k1))),
      ),
    ),
  );
  const secondStage = range(residues).flatMap((k1) =>
    range(RADIX).flatMap((k2) => {
      const angles = range(RADIX).map((n2) => angle(n2 * (k1 + RADIX * k2)));
      const real = angles.flatMap((a) => [Math.cos(a), Math.sin(a)]);
      const imaginary = angles.flatMap((a) => [-Math.sin(a), Math.cos(a)]);
      return [...real, ...imaginary];
    }),
  );
  const seen = new Set<number>();
  const bins = range(residues).flatMap((k1) =>
    range(RADIX).flatMap((k2) => {
      const k = k1 + RADIX * k2;
      const bin = Math.min(k, size - k);
      const used = seen.has(bin) ? undefined : bin;
      seen.add(bin);
      return [used, used];
    }),
  );
  return { residues, firstStage, secondStage, bins };
}
