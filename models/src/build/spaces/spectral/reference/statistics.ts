// SPDX-License-Identifier: Apache-2.0
import { cosineTransform } from '../../../../dsp/cosine-transform.ts';
import { hannWindow } from '../../../../dsp/hann-window.ts';
import { createPowerSpectrum } from '../../../front-end/reference/power-spectrum.ts';
import { SPECTRAL } from '../parameters.ts';
import { type MelSpectrogram, melSpectrogram } from './mel-spectrogram.ts';

const { frames, modulation, envelope } = SPECTRAL;
const dct = cosineTransform(SPECTRAL.mel.bands, SPECTRAL.cepstrum);
const modulationWindow = hannWindow(modulation.windowFrames);
const modulationPower = createPowerSpectrum(modulation.windowFrames);

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const mean = (values: Float64Array): number => sum(values) / values.length;

/** Population standard deviation. */
function deviation(values: Float64Array): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** Nearest-rank percentiles. */
function percentiles(values: Float64Array, of: readonly number[]): number[] {
  const sorted = values.toSorted();
  return of.map((percent) => sorted[Math.round((percent / 100) * (values.length - 1))] ?? 0);
}

/** Indices of frames above −40 dB of the loudest, or of all when fewer than five are. */
function activeFrames(energy: Float64Array): number[] {
  const all = Array.from(energy.keys());
  const active = all.filter((t) => (energy[t] ?? 0) > SPECTRAL.activeShare * Math.max(...energy));
  return active.length < SPECTRAL.minActiveFrames ? all : active;
}

/** Per active frame the deviation of each mel from the frame's mean, then its cepstrum: 84 rows. */
function shapeOfActiveFrames({ level, energy }: MelSpectrogram): Float64Array[] {
  const active = activeFrames(energy);
  const columns = active.map((t) => {
    const column = Float64Array.from(level, (row) => row[t] ?? 0);
    const centre = mean(column);
    return column.map((value) => value - centre);
  });
  const shape = level.map((_, band) => Float64Array.from(columns, (column) => column[band] ?? 0));
  const cepstrum = dct.map((row) =>
    Float64Array.from(columns, (column) => column.reduce((total, value, i) => total + value * (row[i] ?? 0), 0)),
  );
  return [...shape, ...cepstrum];
}

/** Energy of the slow level changes of one mel group in the six modulation bands, as log10(x + 1). */
function modulationBands(group: Float64Array): number[] {
  const { windowFrames, hopFrames, bands } = modulation;
  const centre = mean(group);
  const starts = Array.from({ length: Math.floor((frames - windowFrames) / hopFrames) + 1 }, (_, i) => i * hopFrames);
  const average = new Float64Array(windowFrames / 2 + 1);
  for (const start of starts) {
    const frame = modulationWindow.map((weight, n) => weight * ((group[start + n] ?? 0) - centre));
    modulationPower(frame).forEach((power, bin) => {
      average[bin] = (average[bin] ?? 0) + power / starts.length;
    });
  }
  return bands.map(([first, last]) => Math.log10(sum(average.subarray(first, last + 1)) + 1));
}

function modulationSpectrum(level: readonly Float64Array[]): number[] {
  const { melsPerGroup } = modulation;
  return Array.from({ length: level.length / melsPerGroup }, (_, i) => {
    const rows = level.slice(i * melsPerGroup, (i + 1) * melsPerGroup);
    return Float64Array.from({ length: frames }, (_frame, t) =>
      rows.reduce((total, row) => total + (row[t] ?? 0) / melsPerGroup, 0),
    );
  }).flatMap(modulationBands);
}

function onsets(level: readonly Float64Array[]): number[] {
  const changes = level.map((row) => row.subarray(1).map((value, t) => value - (row[t] ?? 0)));
  return [
    ...changes.map((row) => mean(row.map((value) => Math.max(value, 0)))),
    ...changes.map((row) => deviation(row.map(Math.abs))),
  ];
}

function envelopeShape(energy: Float64Array): number[] {
  const { smoothingFrames, floor, loudRange } = envelope;
  const curve = Float64Array.from({ length: frames - smoothingFrames + 1 }, (_, t) =>
    Math.log(mean(energy.subarray(t, t + smoothingFrames)) + floor),
  );
  const peak = Math.max(...curve);
  const [high = 0, low = 0] = percentiles(curve, envelope.percentiles);
  return [deviation(curve), mean(curve.map((value) => (value > peak - loudRange ? 1 : 0))), high - low];
}

/**
 * The 651 statistics in double precision, written independently of the graph and in its order
 * (percentiles, shape and cepstrum means, their deviations, modulation, onsets, envelope).
 * @param samples one window, mono 32 kHz
 */
export function spectralStatistics(samples: Float32Array): Float64Array {
  const spectrogram = melSpectrogram(samples);
  const shape = shapeOfActiveFrames(spectrogram);
  return Float64Array.from([
    ...spectrogram.level.flatMap((row) => percentiles(row, SPECTRAL.percentiles)),
    ...shape.map(mean),
    ...shape.map(deviation),
    ...modulationSpectrum(spectrogram.level),
    ...onsets(spectrogram.level),
    ...envelopeShape(spectrogram.energy),
  ]);
}
