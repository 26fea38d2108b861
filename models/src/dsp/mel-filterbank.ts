// SPDX-License-Identifier: Apache-2.0

interface MelScale {
  fromHz(hz: number): number;
  toHz(mel: number): number;
}

const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

const SCALES: Readonly<Record<'slaney' | 'htk', MelScale>> = {
  /** Linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels per factor 6.4). */
  slaney: {
    fromHz: (hz) => (hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP),
    toHz: (mel) => (mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL))),
  },
  /** 2595 · log₁₀(1 + f / 700), the same as 1127 · ln(1 + f / 700) but for rounding of the factor, which cancels out. */
  htk: {
    fromHz: (hz) => Math.log(1 + hz / 700),
    toHz: (mel) => 700 * (Math.exp(mel) - 1),
  },
};

export interface MelOptions {
  readonly sampleRateHz: number;
  readonly fftSize: number;
  readonly bands: number;
  readonly minHz: number;
  readonly maxHz: number;
  /** Where the bands' edges lie; Slaney's scale unless told otherwise. */
  readonly scale?: 'slaney' | 'htk';
  /** `slaney`: each filter has the same area; `none`: the same height. Slaney's unless told otherwise. */
  readonly norm?: 'slaney' | 'none';
  /** Whether the sides of the triangles are straight over frequency (librosa, torchaudio) or over mels (Kaldi, TensorFlow). */
  readonly triangles?: 'hz' | 'mel';
}

/**
 * Triangular mel filters, by default those of librosa.filters.mel: Slaney scale and area normalisation.
 * @returns `bands` rows of `fftSize / 2 + 1` weights
 */
export function melFilterbank(options: MelOptions): Float64Array[] {
  const { sampleRateHz, fftSize, bands, minHz, maxHz, norm = 'slaney', triangles = 'hz' } = options;
  const { fromHz, toHz } = SCALES[options.scale ?? 'slaney'];
  const low = fromHz(minHz);
  const step = (fromHz(maxHz) - low) / (bands + 1);
  const edgeMel = Float64Array.from({ length: bands + 2 }, (_, i) => low + step * i);
  const edges = triangles === 'hz' ? edgeMel.map(toHz) : edgeMel;
  const place = triangles === 'hz' ? (hz: number): number => hz : fromHz;
  return Array.from({ length: bands }, (_, band) => {
    const [left = 0, centre = 0, right = 0] = edges.subarray(band, band + 3);
    const height = norm === 'slaney' ? 2 / (toHz(edgeMel[band + 2] ?? 0) - toHz(edgeMel[band] ?? 0)) : 1;
    return Float64Array.from({ length: fftSize / 2 + 1 }, (_bin, bin) => {
      const at = place((bin * sampleRateHz) / fftSize);
      return height * Math.max(0, Math.min((at - left) / (centre - left), (right - at) / (right - centre)));
    });
  });
}
