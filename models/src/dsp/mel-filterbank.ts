// SPDX-License-Identifier: Apache-2.0

/** Slaney's mel scale: linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels per factor 6.4). */
const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

const hzToMel = (hz: number): number =>
  hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
const melToHz = (mel: number): number =>
  mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));

export interface MelOptions {
  readonly sampleRateHz: number;
  readonly fftSize: number;
  readonly bands: number;
  readonly minHz: number;
  readonly maxHz: number;
}

/**
 * Triangular mel filters for power spectra, Slaney scale and area normalisation (librosa.filters.mel's defaults).
 * @returns `bands` rows of `fftSize / 2 + 1` weights
 */
export function melFilterbank({ sampleRateHz, fftSize, bands, minHz, maxHz }: MelOptions): Float64Array[] {
  const low = hzToMel(minHz);
  const step = (hzToMel(maxHz) - low) / (bands + 1);
  const edgeHz = Float64Array.from({ length: bands + 2 }, (_, i) => melToHz(low + step * i));
  return Array.from({ length: bands }, (_, band) => {
    const [left = 0, centre = 0, right = 0] = edgeHz.subarray(band, band + 3);
    const norm = 2 / (right - left);
    return Float64Array.from({ length: fftSize / 2 + 1 }, (_bin, bin) => {
      const hz = (bin * sampleRateHz) / fftSize;
      return norm * Math.max(0, Math.min((hz - left) / (centre - left), (right - hz) / (right - centre)));
    });
  });
}
