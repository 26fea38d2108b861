// SPDX-License-Identifier: Apache-2.0
import { createPowerSpectrum } from '../../src/build/front-end/reference/power-spectrum.ts';
import { cosineTransform } from '../../src/dsp/cosine-transform.ts';
import { hannWindow } from '../../src/dsp/hann-window.ts';
import { melFilterbank } from '../../src/dsp/mel-filterbank.ts';
import { chromaFilters } from './chroma-filters.ts';

/**
 * The features of the public music-search notebooks, as librosa computes them with its defaults
 * (22,050 Hz, FFT 2048, hop 512, frames centred with zero padding; chroma without tuning estimation):
 * MFCC-20, chroma-12 and spectral contrast-7, mean and standard deviation over time.
 */
export const NOTEBOOK_SAMPLE_RATE_HZ = 22_050;

const FFT_SIZE = 2048;
const HOP_SAMPLES = 512;
const TOP_DB = 80;
const CONTRAST = { minHz: 200, bands: 6, quantile: 0.02 } as const;

const hann = hannWindow(FFT_SIZE);
const powerSpectrum = createPowerSpectrum(FFT_SIZE);
const melRows = melFilterbank({
  sampleRateHz: NOTEBOOK_SAMPLE_RATE_HZ,
  fftSize: FFT_SIZE,
  bands: 128,
  minHz: 0,
  maxHz: NOTEBOOK_SAMPLE_RATE_HZ / 2,
});
const mfccRows = cosineTransform(128, [...Array(20).keys()]);
const chromaRows = chromaFilters({ sampleRateHz: NOTEBOOK_SAMPLE_RATE_HZ, fftSize: FFT_SIZE });

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function spectrogram(samples: Float32Array): Float64Array[] {
  const frame = new Float64Array(FFT_SIZE);
  return Array.from({ length: 1 + Math.floor(samples.length / HOP_SAMPLES) }, (_, t) => {
    const start = t * HOP_SAMPLES - FFT_SIZE / 2;
    for (let n = 0; n < FFT_SIZE; n++) frame[n] = (hann[n] ?? 0) * (samples[start + n] ?? 0);
    return powerSpectrum(frame).slice();
  });
}

/** 10·log10, floored 80 dB below the loudest value of all frames. */
function toDecibels(frames: readonly Float64Array[]): Float64Array[] {
  const level = frames.map((frame) => frame.map((value) => 10 * Math.log10(Math.max(value, 1e-10))));
  const floor = level.reduce((most, frame) => Math.max(most, ...frame), Number.NEGATIVE_INFINITY) - TOP_DB;
  return level.map((frame) => frame.map((value) => Math.max(value, floor)));
}

const project = (rows: readonly Float64Array[], frame: Float64Array): Float64Array =>
  Float64Array.from(rows, (row) => dot(row, frame));

function chroma(power: Float64Array): Float64Array {
  const classes = project(chromaRows, power);
  const largest = Math.max(...classes);
  return largest > 0 ? classes.map((value) => value / largest) : classes;
}

/** First and last bin of each octave band, as librosa.feature.spectral_contrast chooses them, and its full width. */
const contrastBands = Array.from({ length: CONTRAST.bands + 1 }, (_, k) => {
  const toHz = FFT_SIZE / NOTEBOOK_SAMPLE_RATE_HZ;
  const low = k === 0 ? 0 : Math.ceil(CONTRAST.minHz * 2 ** (k - 1) * toHz) - 1;
  const isLast = k === CONTRAST.bands;
  const high = isLast ? FFT_SIZE / 2 : Math.floor(CONTRAST.minHz * 2 ** k * toHz);
  return { low, end: isLast ? high + 1 : high, width: high - low + 1 };
});

/** Mean magnitude of the strongest and of the weakest bins of each band. */
function peaksAndValleys(power: Float64Array): { peaks: Float64Array; valleys: Float64Array } {
  const sorted = contrastBands.map(({ low, end }) => power.subarray(low, end).map(Math.sqrt).sort());
  const counts = contrastBands.map(({ width }) => Math.max(1, Math.round(CONTRAST.quantile * width)));
  return {
    peaks: Float64Array.from(sorted, (band, k) => mean(band.subarray(-(counts[k] ?? 1)))),
    valleys: Float64Array.from(sorted, (band, k) => mean(band.subarray(0, counts[k]))),
  };
}

function contrast(frames: readonly Float64Array[]): Float64Array[] {
  const bands = frames.map(peaksAndValleys);
  const peaks = toDecibels(bands.map((band) => band.peaks));
  const valleys = toDecibels(bands.map((band) => band.valleys));
  return peaks.map((frame, t) => frame.map((value, k) => value - (valleys[t]?.[k] ?? 0)));
}

/** Mean and population standard deviation over time of each component. */
function summary(frames: readonly Float64Array[]): number[] {
  const columns = Array.from(frames[0] ?? [], (_, i) => Float64Array.from(frames, (frame) => frame[i] ?? 0));
  const deviation = (column: Float64Array): number => {
    const centre = mean(column);
    return Math.sqrt(mean(column.map((value) => (value - centre) ** 2)));
  };
  return [...columns.map(mean), ...columns.map(deviation)];
}

/** The 78 values of one recording, mono at `NOTEBOOK_SAMPLE_RATE_HZ`. */
export function notebookFeatures(samples: Float32Array): number[] {
  const power = spectrogram(samples);
  const mfcc = toDecibels(power.map((frame) => project(melRows, frame))).map((frame) => project(mfccRows, frame));
  return [...summary(mfcc), ...summary(power.map(chroma)), ...summary(contrast(power))];
}

/** z-scores every column over the collection, as the notebooks do: fitted on the very gallery it is measured on. */
export function standardiseColumns(rows: readonly (readonly number[])[]): number[][] {
  const columns = Array.from(rows[0] ?? [], (_, i) => Float64Array.from(rows, (row) => row[i] ?? 0));
  const stats = columns.map((column) => {
    const centre = mean(column);
    return { centre, deviation: Math.sqrt(mean(column.map((value) => (value - centre) ** 2))) || 1 };
  });
  return rows.map((row) => row.map((value, i) => (value - (stats[i]?.centre ?? 0)) / (stats[i]?.deviation ?? 1)));
}
