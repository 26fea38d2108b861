// SPDX-License-Identifier: Apache-2.0
import { melFilterbank } from '../../dsp/mel-filterbank.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { frameKernels } from './frame-kernels.ts';
import type { LogMelAxes, LogMelSettings } from './log-mel-settings.ts';

/** Samples added before and after a window so that frames are centred at multiples of the hop. */
function paddingOf({ framing, fftSize, frameSamples }: LogMelSettings): [number, number] {
  if (framing === 'none') return [0, 0];
  // The frame lies in the middle of the transform, whose other samples are zeros.
  const before = fftSize / 2 - Math.floor((fftSize - frameSamples) / 2);
  return [before, frameSamples - before];
}

/** Waveform [batch, samples] → [batch, 1, samples], pre-emphasised and padded by reflection where asked for. */
function preparedSamples(g: GraphBuilder, waveform: Value, settings: LogMelSettings): Value {
  const { preEmphasis, framing } = settings;
  const channel = g.op('Reshape', [waveform, g.integers('channel_shape', [0, 1, -1])]);
  const emphasised =
    preEmphasis === 0 ? channel : g.op('Conv', [channel, g.floats('pre_emphasis', [1, 1, 2], [-preEmphasis, 1])]);
  if (framing !== 'reflect') return emphasised;
  const [before, after] = paddingOf(settings);
  const pads = g.integers('frame_padding', [0, 0, before, 0, 0, after]);
  return g.op('Pad', [emphasised, pads], { mode: { text: 'reflect' } });
}

/** → mel power or magnitude, [batch, mels, frames]. The DFT is two convolutions with its bins as kernels. */
function melSpectrum(g: GraphBuilder, samples: Value, settings: LogMelSettings): Value {
  const { sampleRateHz, fftSize, frameSamples, frameHopSamples, framing, spectrum, mels } = settings;
  const filters = melFilterbank({ sampleRateHz, fftSize, ...mels });
  // Bins that no filter weighs need not be computed.
  const bins = Array.from({ length: fftSize / 2 + 1 }, (_, bin) => bin).filter((bin) =>
    filters.some((row) => row[bin]),
  );
  const { real, imaginary } = frameKernels(settings, bins);
  const pads = framing === 'zeros' ? paddingOf(settings) : [0, 0];
  const square = (name: string, kernels: Float32Array): Value => {
    const weights = g.floats(name, [bins.length, 1, frameSamples], kernels);
    const part = g.op('Conv', [samples, weights], { strides: { ints: [frameHopSamples] }, pads: { ints: pads } });
    return g.op('Mul', [part, part]);
  };
  const power = g.op('Add', [square('fourier_real', real), square('fourier_imaginary', imaginary)]);
  const used = filters.flatMap((row) => bins.map((bin) => row[bin] ?? 0));
  const weights = g.floats('mel_weights', [mels.bands, bins.length], used);
  return g.op('MatMul', [weights, spectrum === 'power' ? power : g.op('Sqrt', [power])]);
}

/** What a logarithm to the base e is multiplied with. */
function logFactor({ spectrum, log }: LogMelSettings): number {
  if (log.kind === 'ln') return 1;
  return (log.kind === 'log10' ? 1 : spectrum === 'power' ? 10 : 20) / Math.LN10;
}

/** Logarithm, and what refers to the window's largest value. */
function levels(g: GraphBuilder, mel: Value, settings: LogMelSettings): Value {
  const { offset, floor, reference, range } = settings.log;
  const factor = logFactor(settings);
  const floored = floor === 0 ? mel : g.op('Max', [mel, g.scalar(floor)]);
  const log = g.op('Log', [offset === 0 ? floored : g.op('Add', [floored, g.scalar(offset)])]);
  const scaled = factor === 1 ? log : g.op('Mul', [log, g.scalar(factor)]);
  if (reference !== 'max' && range === 0)
    return reference === 1 ? scaled : g.op('Sub', [scaled, g.scalar(factor * Math.log(reference))]);
  const peak = g.op('GlobalMaxPool', [g.op('Reshape', [scaled, g.integers('window_shape', [0, 1, -1])])]);
  const limited = range === 0 ? scaled : g.op('Max', [scaled, g.op('Sub', [peak, g.scalar(range)])]);
  if (reference === 'max') return g.op('Sub', [limited, peak]);
  return reference === 1 ? limited : g.op('Sub', [limited, g.scalar(factor * Math.log(reference))]);
}

/** One number, or one a band. */
function perBand(g: GraphBuilder, name: string, value: number | readonly number[]): Value {
  return typeof value === 'number' ? g.scalar(value) : g.floats(name, [value.length, 1], value);
}

function arrange(g: GraphBuilder, bands: Value, axes: LogMelAxes, count: number): Value {
  const isFramesFirst = axes.indexOf('frames') < axes.indexOf('mels');
  const turned = isFramesFirst ? g.op('Transpose', [bands], { perm: { ints: [0, 2, 1] } }) : bands;
  const inner = isFramesFirst ? [-1, count] : [count, -1];
  if (axes.endsWith(',1')) return g.op('Reshape', [turned, g.integers('image_shape', [0, ...inner, 1])]);
  return axes.startsWith('batch,1') ? g.op('Reshape', [turned, g.integers('image_shape', [0, 1, ...inner])]) : turned;
}

/**
 * Waveform [batch, samples] → log-mel spectrogram as `settings.axes` says, in operators that mean the same from version 11
 * of ONNX's operator set on.
 */
export function logMelSpectrogram(g: GraphBuilder, waveform: Value, settings: LogMelSettings): Value {
  const { mean, std, frames, axes, mels } = settings;
  const level = levels(g, melSpectrum(g, preparedSamples(g, waveform, settings), settings), settings);
  const centred = mean === 0 ? level : g.op('Sub', [level, perBand(g, 'mel_mean', mean)]);
  const normalised = std === 1 ? centred : g.op('Div', [centred, perBand(g, 'mel_std', std)]);
  const cut =
    frames === undefined
      ? normalised
      : g.op('Slice', [
          normalised,
          g.integers('first_frame', [0]),
          g.integers('frame_end', [frames]),
          g.integers('frame_axis', [2]),
        ]);
  return arrange(g, cut, axes, mels.bands);
}
