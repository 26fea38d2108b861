// SPDX-License-Identifier: Apache-2.0

interface ChromaOptions {
  readonly sampleRateHz: number;
  readonly fftSize: number;
}

const CLASSES = 12;
const CENTRE_OCTAVE = 5;
const OCTAVE_WIDTH = 2;
/** Semitones from A, where the octave count starts, to C, where the rows start. */
const A_TO_C = 3;

const wrap = (distance: number): number => ((((distance + CLASSES / 2) % CLASSES) + CLASSES) % CLASSES) - CLASSES / 2;

/** Weights of the 12 pitch classes, C first, over the DFT bins (librosa.filters.chroma's defaults, tuning 0). */
export function chromaFilters({ sampleRateHz, fftSize }: ChromaOptions): Float64Array[] {
  const semitones = Float64Array.from(
    { length: fftSize },
    (_, bin) => CLASSES * Math.log2(((bin * sampleRateHz) / fftSize) * (16 / 440)),
  );
  semitones[0] = (semitones[1] ?? 0) - 1.5 * CLASSES;
  const columns = Array.from({ length: fftSize / 2 + 1 }, (_, bin) => {
    const here = semitones[bin] ?? 0;
    const width = Math.max((semitones[bin + 1] ?? 0) - here, 1);
    const bumps = Float64Array.from({ length: CLASSES }, (_class, c) =>
      Math.exp(-0.5 * ((2 * wrap(here - c)) / width) ** 2),
    );
    const gain = Math.exp(-0.5 * ((here / CLASSES - CENTRE_OCTAVE) / OCTAVE_WIDTH) ** 2) / Math.hypot(...bumps);
    return bumps.map((value) => value * gain);
  });
  return Array.from({ length: CLASSES }, (_, c) =>
    Float64Array.from(columns, (column) => column[(c + A_TO_C) % CLASSES] ?? 0),
  );
}
