// SPDX-License-Identifier: Apache-2.0
import { cosineTransform } from '../../../dsp/cosine-transform.ts';
import { hannWindow } from '../../../dsp/hann-window.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { SPECTRAL } from './parameters.ts';

const { frames, modulation, envelope } = SPECTRAL;
const bands = SPECTRAL.mel.bands;
const groups = bands / modulation.melsPerGroup;
const LAST_AXIS = { axes: { ints: [2] }, keepdims: { int: 1 } } as const;

const flat = (g: GraphBuilder, value: Value): Value => g.op('Flatten', [value]);

/** Linear maps of the 64 mels: deviation from the frame's mean (64), its cepstrum (20), mel groups (16). */
function melMaps(): number[] {
  const centring = Array.from({ length: bands }, (_, i) =>
    Array.from({ length: bands }, (_column, j) => (i === j ? 1 : 0) - 1 / bands),
  );
  const cepstrum = cosineTransform(bands, SPECTRAL.cepstrum).map((row) => [...row]);
  const grouping = Array.from({ length: groups }, (_, i) =>
    Array.from({ length: bands }, (_column, j) =>
      Math.floor(j / modulation.melsPerGroup) === i ? 1 / modulation.melsPerGroup : 0,
    ),
  );
  return [...centring, ...cepstrum, ...grouping].flat();
}

/** Order statistics along the last axis (length `size`) at fixed ranks: nearest-rank percentiles, largest first. */
function percentiles(
  g: GraphBuilder,
  name: string,
  value: Value,
  { size, of }: { size: number; of: readonly number[] },
) {
  const descending = of.map((percent) => size - 1 - Math.round((percent / 100) * (size - 1)));
  const count = g.integers(`${name}_sorted`, [Math.max(...descending) + 1]);
  const [sorted] = g.multi('TopK', [value, count], { axis: { int: -1 } }, 2);
  return g.op('Gather', [sorted as Value, g.integers(`${name}_ranks`, descending)], { axis: { int: -1 } });
}

/** Mean and standard deviation along time under 0/1 weights [batch, 1, frames]. */
function weightedMoments(g: GraphBuilder, value: Value, weights: Value): { mean: Value; deviation: Value } {
  const axis = g.integers('time_axis', [2]);
  const count = g.op('ReduceSum', [weights, axis]);
  const average = (x: Value): Value => g.op('Div', [g.op('ReduceSum', [g.op('Mul', [x, weights]), axis]), count]);
  const mean = average(value);
  const centred = g.op('Sub', [value, mean]);
  return { mean, deviation: g.op('Sqrt', [average(g.op('Mul', [centred, centred]))]) };
}

/** Standard deviation along the last axis. */
function deviation(g: GraphBuilder, value: Value): Value {
  const centred = g.op('Sub', [value, g.op('ReduceMean', [value], LAST_AXIS)]);
  return g.op('Sqrt', [g.op('ReduceMean', [g.op('Mul', [centred, centred])], LAST_AXIS)]);
}

/** 1 for frames above −40 dB of the loudest, or for all when fewer than five are. */
function activeFrames(g: GraphBuilder, energy: Value, loudest: Value): Value {
  const threshold = g.op('Mul', [loudest, g.scalar(SPECTRAL.activeShare)]);
  const active = g.op('Cast', [g.op('Greater', [energy, threshold])], { to: { int: 1 } });
  const count = g.op('ReduceSum', [active, g.integers('frame_axis', [2])]);
  const isTooFew = g.op('Less', [count, g.scalar(SPECTRAL.minActiveFrames)]);
  return g.op('Where', [isTooFew, g.scalar(1), active]);
}

/** Energy of slow level changes (0.8–50 Hz) per mel group: [batch, 16, 501] → [batch, 96]. */
function modulationSpectrum(g: GraphBuilder, grouped: Value): Value {
  const size = modulation.windowFrames;
  const hann = hannWindow(size);
  const bins = size / 2 + 1;
  const kernel = (wave: (angle: number) => number) => (bin: number) =>
    Array.from(hann, (weight, n) => weight * wave((2 * Math.PI * bin * n) / size));
  const all = Array.from({ length: bins }, (_, bin) => bin);
  const sums = [...all, ...all].flatMap((bin) =>
    modulation.bands.map(([first, last]) => (bin >= first && bin <= last ? 1 : 0)),
  );
  const centred = g.op('Sub', [grouped, g.op('ReduceMean', [grouped], LAST_AXIS)]);
  const rows = g.op('Reshape', [centred, g.integers('rows_of_groups', [-1, 1, frames])]);
  const kernels = [...all.flatMap(kernel(Math.cos)), ...all.flatMap(kernel(Math.sin))];
  const spectrum = g.op('Conv', [rows, g.floats('modulation_kernels', [2 * bins, 1, size], kernels)], {
    strides: { ints: [modulation.hopFrames] },
  });
  const power = g.op('ReduceMean', [g.op('Mul', [spectrum, spectrum])], { axes: { ints: [2] }, keepdims: { int: 0 } });
  const summed = g.op('MatMul', [power, g.floats('modulation_bands', [2 * bins, modulation.bands.length], sums)]);
  const level = g.op('Mul', [g.op('Log', [g.op('Add', [summed, g.scalar(1)])]), g.scalar(1 / Math.LN10)]);
  return g.op('Reshape', [level, g.integers('modulation_shape', [-1, groups * modulation.bands.length])]);
}

/** Rises of level from frame to frame: their mean, and the spread of all changes, per mel → [batch, 128]. */
function onsets(g: GraphBuilder, level: Value): Value {
  const axis = g.integers('difference_axis', [2]);
  const slice = (name: string, from: number, to: number): Value =>
    g.op('Slice', [level, g.integers(`${name}_start`, [from]), g.integers(`${name}_end`, [to]), axis]);
  const change = g.op('Sub', [slice('later', 1, frames), slice('earlier', 0, frames - 1)]);
  const rises = g.op('ReduceMean', [g.op('Relu', [change])], LAST_AXIS);
  return g.op('Concat', [flat(g, rises), flat(g, deviation(g, g.op('Abs', [change])))], { axis: { int: 1 } });
}

/** Shape of the loudness curve: spread, share of loud frames, range; energy relative to the loudest → [batch, 3]. */
function envelopeShape(g: GraphBuilder, relativeEnergy: Value): Value {
  const size = frames - envelope.smoothingFrames + 1;
  const smooth = g.op('AveragePool', [relativeEnergy], { kernel_shape: { ints: [envelope.smoothingFrames] } });
  const curve = g.op('Log', [g.op('Add', [smooth, g.scalar(envelope.floor)])]);
  const peak = g.op('ReduceMax', [curve], LAST_AXIS);
  const loud = g.op('Greater', [curve, g.op('Sub', [peak, g.scalar(envelope.loudRange)])]);
  const share = g.op('ReduceMean', [g.op('Cast', [loud], { to: { int: 1 } })], LAST_AXIS);
  const ranks = percentiles(g, 'envelope', curve, { size, of: envelope.percentiles });
  const [high, low] = g.multi('Split', [ranks], { axis: { int: 2 } }, 2);
  const range = g.op('Sub', [high as Value, low as Value]);
  return flat(g, g.op('Concat', [deviation(g, curve), share, range], { axis: { int: 2 } }));
}

/**
 * The 651 statistics of a window, in this order: percentiles (mel-major, 4 each), means then deviations of the
 * 64 spectral shape and 20 cepstrum values, 96 modulation energies, 64 + 64 onset values, 3 envelope values.
 * @param power mel power [batch, 64, 501]
 * @param level relative level in dB, same shape
 */
export function statistics(g: GraphBuilder, power: Value, level: Value): Value {
  const energy = g.op('ReduceSum', [power, g.integers('mel_axis', [1])]);
  const loudest = g.op('ReduceMax', [energy], LAST_AXIS);
  const relativeEnergy = g.op('Div', [energy, g.op('Max', [loudest, g.scalar(SPECTRAL.minPower)])]);

  const mapped = g.op('MatMul', [
    g.floats('mel_maps', [bands + SPECTRAL.cepstrum.length + groups, bands], melMaps()),
    level,
  ]);
  const sizes = g.integers('map_sizes', [bands + SPECTRAL.cepstrum.length, groups]);
  const [shape, grouped] = g.multi('Split', [mapped, sizes], { axis: { int: 1 } }, 2);
  const moments = weightedMoments(g, shape as Value, activeFrames(g, energy, loudest));
  const blocks = [
    flat(g, percentiles(g, 'level', level, { size: frames, of: SPECTRAL.percentiles })),
    flat(g, moments.mean),
    flat(g, moments.deviation),
    modulationSpectrum(g, grouped as Value),
    onsets(g, level),
    envelopeShape(g, relativeEnergy),
  ];
  return g.op('Concat', blocks, { axis: { int: 1 } });
}
