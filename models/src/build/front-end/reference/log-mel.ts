// SPDX-License-Identifier: Apache-2.0
import type { LogMelSettings } from '../log-mel-settings.ts';

/** Everything below follows from the settings' words alone, sample by sample, and shares nothing with the graph. */

const mel = (scale: 'slaney' | 'htk', hz: number): number => {
  if (scale === 'htk') return 2595 * Math.log10(1 + hz / 700);
  return hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
};

/** The frequency of a mel, by halving. */
function hzOf(scale: 'slaney' | 'htk', wanted: number): number {
  let [low, high] = [0, 200_000];
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (mel(scale, middle) < wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** Weight of one bin in one band: a triangle between three neighbouring edges. */
function melWeight({ mels, sampleRateHz, fftSize }: LogMelSettings, band: number, bin: number): number {
  const { scale, norm, triangles, bands, minHz, maxHz } = mels;
  const edge = (i: number): number =>
    mel(scale, minHz) + ((mel(scale, maxHz) - mel(scale, minHz)) * (band + i)) / (bands + 1);
  const hz = (bin * sampleRateHz) / fftSize;
  const [at, left, centre, right] =
    triangles === 'mel'
      ? [mel(scale, hz), edge(0), edge(1), edge(2)]
      : [hz, hzOf(scale, edge(0)), hzOf(scale, edge(1)), hzOf(scale, edge(2))];
  const height = norm === 'none' ? 1 : 2 / (hzOf(scale, edge(2)) - hzOf(scale, edge(0)));
  if (at <= left || at >= right) return 0;
  return height * (at < centre ? (at - left) / (centre - left) : (right - at) / (right - centre));
}

function windowWeight(shape: LogMelSettings['window'], n: number, length: number): number {
  const period = shape.endsWith('symmetric') || shape === 'povey' ? length - 1 : length;
  const cosine = Math.cos((2 * Math.PI * n) / period);
  if (shape === 'rectangular') return 1;
  if (shape.startsWith('hamming')) return 0.54 - 0.46 * cosine;
  const hann = 0.5 - 0.5 * cosine;
  return shape === 'povey' ? Math.max(0, hann) ** 0.85 : hann;
}

/** Samples of frame t, with zeros around them up to the transform's length where frames are centred. */
function frameOf(samples: Float64Array, t: number, settings: LogMelSettings): number[] {
  const { framing, fftSize, frameSamples, frameHopSamples, removeFrameMean, framePreEmphasis, window } = settings;
  const last = samples.length - 1;
  const sampleAt = (n: number): number => {
    if (framing === 'reflect') return samples[n < 0 ? -n : n > last ? 2 * last - n : n] ?? Number.NaN;
    return samples[n] ?? 0;
  };
  const left = Math.floor((fftSize - frameSamples) / 2);
  const start = t * frameHopSamples - (framing === 'none' ? 0 : fftSize / 2 - left);
  const frame = Array.from({ length: frameSamples }, (_, n) => sampleAt(start + n));
  const mean = removeFrameMean ? frame.reduce((sum, value) => sum + value, 0) / frameSamples : 0;
  const centred = frame.map((value) => value - mean);
  return centred.map((value, n) => {
    const before = centred[Math.max(0, n - 1)] as number;
    return windowWeight(window, n, frameSamples) * (value - framePreEmphasis * before);
  });
}

function spectrumOf(frame: readonly number[], { fftSize, spectrum }: LogMelSettings): number[] {
  return Array.from({ length: fftSize / 2 + 1 }, (_, bin) => {
    let [re, im] = [0, 0];
    for (const [n, value] of frame.entries()) {
      const angle = (2 * Math.PI * ((bin * n) % fftSize)) / fftSize;
      re += value * Math.cos(angle);
      im -= value * Math.sin(angle);
    }
    return spectrum === 'power' ? re * re + im * im : Math.sqrt(re * re + im * im);
  });
}

function logarithm(value: number, { spectrum, log }: LogMelSettings): number {
  const raised = Math.max(value, log.floor) + log.offset;
  if (log.kind === 'ln') return Math.log(raised);
  return (log.kind === 'log10' ? 1 : spectrum === 'power' ? 10 : 20) * Math.log10(raised);
}

const ofBand = (value: number | readonly number[], band: number): number =>
  typeof value === 'number' ? value : (value[band] ?? Number.NaN);

/**
 * Log-mel spectrogram in double precision, transform by its definition.
 * @returns one array of frames a band, whatever the settings' axes say
 */
export function logMelReference(waveform: Float32Array, settings: LogMelSettings): number[][] {
  const { gain, preEmphasis, framing, frameSamples, frameHopSamples, mels, log, frames } = settings;
  const scaled = Float64Array.from(waveform, (value) => gain * value);
  const samples =
    preEmphasis === 0
      ? scaled
      : Float64Array.from(
          { length: scaled.length - 1 },
          (_, t) => (scaled[t + 1] ?? 0) - preEmphasis * (scaled[t] ?? 0),
        );
  const room = framing === 'none' ? samples.length - frameSamples : samples.length;
  const spectra = Array.from({ length: 1 + Math.floor(room / frameHopSamples) }, (_, t) =>
    spectrumOf(frameOf(samples, t, settings), settings),
  );
  const levels = Array.from({ length: mels.bands }, (_, band) => {
    const weights = spectra[0]?.map((_value, bin) => melWeight(settings, band, bin)) ?? [];
    return spectra.map((spectrum) =>
      logarithm(
        spectrum.reduce((sum, value, bin) => sum + value * (weights[bin] ?? 0), 0),
        settings,
      ),
    );
  });
  const peak = Math.max(...levels.flat());
  const reference =
    log.reference === 'max' ? peak : logarithm(log.reference, { ...settings, log: { ...log, floor: 0, offset: 0 } });
  return levels.map((row, band) =>
    row
      .map((level) => (log.range === 0 ? level : Math.max(level, peak - log.range)) - reference)
      .map((level) => (level - ofBand(settings.mean, band)) / ofBand(settings.std, band))
      .slice(0, frames),
  );
}
