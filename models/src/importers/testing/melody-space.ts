// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../../build/onnx/encode-model.ts';
import { createGraphBuilder, type GraphBuilder, type Value } from '../../build/onnx/graph-builder.ts';
import { toBytes } from '../../build/onnx/wire.ts';
import type { Card } from '../../card.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { contourOfBlock } from '../../melody/contour-of-block.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';

const INPUT = {
  tensor: 'waveform',
  sampleRateHz: 8000,
  windowSamples: 81_920,
  hopSamples: 73_728,
  minSamples: 2560,
  padding: 'zero' as const,
};
const FRAMES = { tensor: 'frames', perWindow: 320, channels: 6 as const, hopSamples: 256 };
const [FRAME, FFT, PITCHES, LOWEST] = [512, 1024, 193, 36];
const [POINTS, DIMS] = [128, 32];

/** Windows [batch, samples] → power of each bin and frame, [batch, frames, 513]. */
function power(g: GraphBuilder, waveform: Value): Value {
  const bins = FFT / 2 + 1;
  const kernels = new Float32Array(2 * bins * FRAME);
  for (let bin = 0; bin < bins; bin++)
    for (let n = 0; n < FRAME; n++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME);
      const angle = (2 * Math.PI * bin * n) / FFT;
      kernels[bin * FRAME + n] = window * Math.cos(angle);
      kernels[(bins + bin) * FRAME + n] = window * Math.sin(angle);
    }
  const row = g.op('Unsqueeze', [waveform, g.integers('channel_axis', [1])]);
  const [half, rest] = [FRAME / 2, FRAME / 2 - FRAMES.hopSamples];
  const spectrum = g.op('Conv', [row, g.floats('kernels', [2 * bins, 1, FRAME], kernels)], {
    strides: { ints: [FRAMES.hopSamples] },
    pads: { ints: [half, rest] },
  });
  const [real, imaginary] = g.multi('Split', [g.op('Mul', [spectrum, spectrum])], { axis: { int: 1 } }, 2);
  return g.op('Transpose', [g.op('Add', [real as Value, imaginary as Value])], { perm: { ints: [0, 2, 1] } });
}

/** Power → autocorrelation at the lag of each pitch, a quarter of a semitone apart, [batch, frames, 193]. */
function autocorrelation(g: GraphBuilder, spectrum: Value): Value {
  const bins = FFT / 2 + 1;
  const cosines = new Float32Array(bins * PITCHES);
  for (let pitch = 0; pitch < PITCHES; pitch++) {
    const lag = INPUT.sampleRateHz / (440 * 2 ** ((LOWEST + pitch / 4 - 69) / 12));
    for (let bin = 0; bin < bins; bin++) cosines[bin * PITCHES + pitch] = Math.cos((2 * Math.PI * bin * lag) / FFT);
  }
  const total = g.op('ReduceSum', [spectrum, g.integers('bin_axis', [2])], { keepdims: { int: 1 } });
  const shares = g.op('Div', [spectrum, g.op('Add', [total, g.scalar(1e-9)])]);
  // Of two lags that fit alike the shorter one is the period.
  const penalty = Float32Array.from({ length: PITCHES }, (_, pitch) => 0.0015 * (PITCHES - 1 - pitch));
  const fit = g.op('MatMul', [shares, g.floats('cosines', [bins, PITCHES], cosines)]);
  return g.op('Sub', [fit, g.floats('penalty', [PITCHES], penalty)]);
}

/** Pitch by autocorrelation, voiced where it fits well; the loudest line is the same pitch. */
function framesGraph(): Uint8Array {
  const g = createGraphBuilder();
  const spectrum = power(g, g.input('waveform', ['batch', INPUT.windowSamples]));
  const fit = autocorrelation(g, spectrum);
  const best = g.op('ArgMax', [fit], { axis: { int: 2 }, keepdims: { int: 1 } });
  const place = g.op('Cast', [best], { to: { int: 1 } });
  const pitch = g.op('Add', [g.op('Div', [place, g.scalar(4)]), g.scalar(LOWEST)]);
  const salience = g.op('ReduceMax', [fit], { axes: { ints: [2] }, keepdims: { int: 1 } });
  const mean = g.op('ReduceMean', [spectrum], { axes: { ints: [2] }, keepdims: { int: 1 } });
  const log = g.op('Log', [g.op('Add', [mean, g.scalar(1e-9)])]);
  const level = g.op('Mul', [log, g.scalar(10 / Math.LN10)]);
  const isLoud = g.op('Clip', [g.op('Add', [level, g.scalar(40)]), g.scalar(0), g.scalar(1)]);
  const steep = g.op('Mul', [g.op('Sub', [salience, g.scalar(0.5)]), g.scalar(20)]);
  const voiced = g.op('Mul', [g.op('Sigmoid', [steep]), isLoud]);
  const rows = g.op('Concat', [pitch, voiced, salience, pitch, voiced, level], { axis: { int: 2 } });
  g.output(FRAMES.tensor, rows, ['batch', FRAMES.perWindow, FRAMES.channels]);
  return toBytes(encodeModel(g.build({ name: 'frames', description: 'for tests', metadata: {} })));
}

/** A random projection: near contours keep near vectors. */
function encoderGraph(): Uint8Array {
  const g = createGraphBuilder();
  let state = 5;
  const weights = Float32Array.from({ length: POINTS * DIMS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const projected = g.op('MatMul', [
    g.input('contour', ['batch', POINTS]),
    g.floats('weights', [POINTS, DIMS], weights),
  ]);
  const norm = g.op('ReduceL2', [projected], { axes: { ints: [1] }, keepdims: { int: 1 } });
  g.output('embedding', g.op('Div', [projected, g.op('Max', [norm, g.scalar(1e-9)])]), ['batch', DIMS]);
  return toBytes(encodeModel(g.build({ name: 'encoder', description: 'for tests', metadata: {} })));
}

async function run(graph: Uint8Array, [input, row]: readonly [string, Float32Array], output: string) {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const answer = await session.run({ [input]: new Tensor('float32', row, [1, row.length]) });
  await session.release();
  return answer[output]?.data as Float32Array;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes a small real space of melodies, `tune-1`, into a models folder; `overrides` make it odd. */
export async function writeMelodySpace(dir: string, overrides: Partial<Card> = {}): Promise<Card> {
  mkdirSync(dir, { recursive: true });
  const [frames, encoder] = [framesGraph(), encoderGraph()];
  const melody = {
    frames: FRAMES,
    encoder: {
      graph: { file: 'tune-1.encoder.onnx', sha256: sha256(encoder), precision: 'fp32' as const },
      input: 'contour',
      points: POINTS,
    },
    index: { durationsMs: [2800, 4000, 5700, 8100, 11_500], startStepMs: 400, maxSegments: 4096 },
    query: { prefixes: [1, 0.85, 0.72, 0.6], maxSeconds: 30 },
  };
  const signal = goldenSignal('hummed-tune', INPUT.sampleRateHz, INPUT.windowSamples);
  const contour = contourOfBlock(await run(frames, ['waveform', signal], FRAMES.tensor), melody);
  if (!contour) throw new Error('no melody is heard in the golden signal');
  const embedding = [...(await run(encoder, ['contour', contour], 'embedding'))];
  const card: Card = {
    id: 'tune-1',
    model: 'tune',
    version: 1,
    title: 'Tune',
    description: 'Pitch by autocorrelation and a random projection, for tests',
    aspect: { key: 'u', title: 'Tune' },
    dims: DIMS,
    similarity: 'cosine',
    input: INPUT,
    output: { tensor: 'embedding', normalised: true },
    pooling: 'mean',
    hasTrackVector: false,
    acceptsText: false,
    melody,
    indexOptions: { type: 'int8_hnsw' },
    graph: { file: 'tune-1.onnx', sha256: sha256(frames), precision: 'fp32' },
    licence: { spdx: 'Apache-2.0', attribution: 'Earshot', source: 'generated' },
    golden: [{ signal: 'hummed-tune', embedding, minCosine: 0.9999 }],
    ...overrides,
  };
  writeFileSync(join(dir, card.graph.file), frames);
  writeFileSync(join(dir, melody.encoder.graph.file), encoder);
  writeFileSync(join(dir, `${card.id}.json`), JSON.stringify(card));
  return card;
}
