// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { goldenSignal } from '../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { createGraphBuilder } from '../onnx/graph-builder.ts';
import { toBytes } from '../onnx/wire.ts';
import { logMelSpectrogram } from './log-mel-graph.ts';
import { framesOf, type LogMelSettings } from './log-mel-settings.ts';
import { logMelReference } from './reference/log-mel.ts';

const RATE = 8000;
const SAMPLES = 4000;

const PLAIN: LogMelSettings = {
  sampleRateHz: RATE,
  gain: 1,
  preEmphasis: 0,
  fftSize: 128,
  frameSamples: 128,
  frameHopSamples: 100,
  framing: 'reflect',
  removeFrameMean: false,
  framePreEmphasis: 0,
  window: 'hann',
  spectrum: 'power',
  mels: { bands: 20, minHz: 50, maxHz: 3800, scale: 'slaney', norm: 'slaney', triangles: 'hz' },
  log: { kind: 'db', offset: 0, floor: 1e-10, reference: 1, range: 0 },
  mean: 0,
  std: 1,
  axes: 'batch,mels,frames',
};

const HTK = { bands: 20, minHz: 0, maxHz: 4000, scale: 'htk', norm: 'none', triangles: 'mel' } as const;
/** One per family of front-ends, at a size for tests; the first words say which models have it. */
const FAMILIES: Readonly<Record<string, LogMelSettings>> = {
  'PANNs and CLAP': PLAIN,
  'EfficientAT: pre-emphasis, short symmetric window, ln': {
    ...PLAIN,
    preEmphasis: 0.97,
    frameSamples: 100,
    window: 'hann-symmetric',
    mels: { ...HTK, maxHz: 3750 },
    log: { kind: 'ln', offset: 1e-5, floor: 0, reference: 1, range: 0 },
    mean: -4.5,
    std: 5,
  },
  'CED: HTK mels over frequency, limited range': {
    ...PLAIN,
    mels: { ...HTK, triangles: 'hz' },
    log: { kind: 'db', offset: 0, floor: 1e-10, reference: 1, range: 40 },
  },
  'AST and BEATs: whole frames, mean and pre-emphasis of each, povey window': {
    ...PLAIN,
    gain: 32_768,
    framing: 'none',
    frameSamples: 100,
    removeFrameMean: true,
    framePreEmphasis: 0.97,
    window: 'povey',
    mels: { ...HTK, minHz: 20 },
    log: { kind: 'ln', offset: 0, floor: 1.1920929e-7, reference: 1, range: 0 },
    mean: Array.from({ length: 20 }, (_, band) => band),
    std: Array.from({ length: 20 }, (_, band) => 1 + band),
  },
  'Whisper: cut frames, largest value as reference': {
    ...PLAIN,
    log: { kind: 'log10', offset: 0, floor: 1e-10, reference: 'max', range: 8 },
    frames: 37,
  },
  'magnitudes, zeros at the ends, odd frame, other reference': {
    ...PLAIN,
    framing: 'zeros',
    frameSamples: 101,
    window: 'hamming',
    spectrum: 'magnitude',
    log: { kind: 'db', offset: 1e-3, floor: 0, reference: 0.5, range: 0 },
  },
};

interface Answer {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

async function runGraph(samples: Float32Array, settings: LogMelSettings): Promise<Answer> {
  const g = createGraphBuilder();
  g.output(
    'y',
    logMelSpectrogram(g, g.input('x', ['batch', samples.length]), settings),
    settings.axes.split(',').map((axis, i) => (axis === '1' ? 1 : `${axis}_${i}`)),
  );
  const bytes = toBytes(encodeModel(g.build({ name: 'log-mel', description: '', metadata: {} })));
  const session = await InferenceSession.create(bytes);
  const { y } = await session.run({ x: new Tensor('float32', samples, [1, samples.length]) });
  await session.release();
  return { dims: y!.dims, data: y!.data as Float32Array };
}

describe('logMelSpectrogram', () => {
  test.each(Object.entries(FAMILIES))('agrees with double precision for %s', async (_name, settings) => {
    const samples = goldenSignal('chirp-noise', RATE, SAMPLES).map((value, n) => value + 0.1 * Math.exp(-n / 500));
    const { dims, data } = await runGraph(samples, settings);
    const reference = logMelReference(samples, settings);
    expect(dims).toEqual([1, 20, framesOf(SAMPLES, settings)]);
    expect(reference[0]).toHaveLength(framesOf(SAMPLES, settings));
    const wanted = reference.flat();
    const largest = Math.max(...wanted.map(Math.abs));
    const difference = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
    expect(difference / largest).toBeLessThan(2e-4);
  });

  test.each([
    ['batch,frames,mels', [1, 41, 20]],
    ['batch,1,mels,frames', [1, 1, 20, 41]],
    ['batch,1,frames,mels', [1, 1, 41, 20]],
    ['batch,mels,frames,1', [1, 20, 41, 1]],
    ['batch,frames,mels,1', [1, 41, 20, 1]],
  ] as const)('lays the axes out as %s', async (axes, wanted) => {
    const samples = goldenSignal('plucked-notes', RATE, SAMPLES);
    const { dims, data } = await runGraph(samples, { ...PLAIN, axes });
    expect(dims).toEqual(wanted);
    const rows = (await runGraph(samples, PLAIN)).data;
    const isFramesFirst = axes.indexOf('frames') < axes.indexOf('mels');
    // Band 3 of frame 5.
    expect(data[isFramesFirst ? 5 * 20 + 3 : 3 * 41 + 5]).toBe(rows[3 * 41 + 5]);
  });
});
