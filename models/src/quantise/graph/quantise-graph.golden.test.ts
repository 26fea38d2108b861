// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { encodeModel } from '../../build/onnx/encode-model.ts';
import { createGraphBuilder } from '../../build/onnx/graph-builder.ts';
import type { Model } from '../../build/onnx/model.ts';
import { toBytes } from '../../build/onnx/wire.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import { type Bounds, planQuantisation } from '../plan/plan-quantisation.ts';
import { quantiseGraph } from './quantise-graph.ts';

const SIDE = 8;

function createRandom(seed: number): (length: number, size: number) => Float32Array {
  let state = seed >>> 0;
  return (length, size) =>
    Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return size * (state / 2 ** 31 - 1);
    });
}

const random = createRandom(5);
const WEIGHTS = {
  first: { kernels: random(4 * 9, 0.6), bias: random(4, 0.2) },
  second: { kernels: random(6 * 4 * 9, 0.3), bias: random(6, 0.2) },
  connected: { rows: random(5 * 6, 0.5), bias: random(5, 0.1) },
};

/** Levels of a waveform, two convolutions with pooling between, a mean, a connected layer: a network in small. */
function smallModel(): Model {
  const g = createGraphBuilder();
  const squares = g.op('Mul', [g.input('waveform', ['batch', SIDE * SIDE]), 'waveform' as never]);
  const level = g.op('Log', [g.op('Add', [squares, g.scalar(0.1)])]);
  const image = g.op('Reshape', [level, g.integers('image', [-1, 1, SIDE, SIDE])]);
  const pads = { pads: { ints: [1, 1, 1, 1] } };
  const { first, second, connected } = WEIGHTS;
  const one = g.op('Conv', [image, g.floats('w1', [4, 1, 3, 3], first.kernels), g.floats('b1', [4], first.bias)], pads);
  const pooled = g.op('AveragePool', [g.op('Relu', [one])], {
    kernel_shape: { ints: [2, 2] },
    strides: { ints: [2, 2] },
  });
  const two = g.op(
    'Conv',
    [pooled, g.floats('w2', [6, 4, 3, 3], second.kernels), g.floats('b2', [6], second.bias)],
    pads,
  );
  const cut = g.op('Clip', [two, g.scalar(0), g.scalar(6)]);
  const mean = g.op('ReduceMean', [cut], { axes: { ints: [2, 3] }, keepdims: { int: 0 } });
  const rows = g.floats('w3', [5, 6], connected.rows);
  const out = g.op('Gemm', [mean, rows, g.floats('b3', [5], connected.bias)], { transB: { int: 1 } });
  g.output('embedding', out, ['batch', 5]);
  return g.build({ name: 'small', description: '', metadata: {} });
}

/** What 256 levels cover: of the image, after the first convolution, after pooling, after the second one, of the mean. */
const RANGES: readonly Bounds[] = [
  { low: -2.4, high: 1.1 },
  { low: 0, high: 3.7 },
  { low: 0, high: 2.9 },
  { low: 0, high: 2.3 },
  { low: 0, high: 1.3 },
];

/** The arithmetic of the ONNX specification, number by number in double precision: nothing of the source is used. */
const halfToEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

interface Levels {
  readonly scale: number;
  readonly zero: number;
}

function levels({ low, high }: Bounds): Levels {
  const scale = Math.fround((high - low) / 255);
  return { scale, zero: Math.round(-low / scale) };
}

const toLevel = (value: number, { scale, zero }: Levels): number =>
  Math.min(255, Math.max(0, halfToEven(value / scale) + zero));

/** Weights of one output in s8, and its scale. */
function narrowRow(row: readonly number[]): { values: number[]; scale: number } {
  const scale = Math.fround(Math.max(...row.map(Math.abs)) / 127);
  return { values: row.map((value) => Math.round(value / scale)), scale };
}

interface ConvolutionCase {
  /** [channel][y][x] in levels. */
  readonly input: number[][][];
  readonly weights: { readonly kernels: Float32Array; readonly bias: Float32Array };
  readonly from: Levels;
  readonly to: Levels;
}

function convolve({ input, weights, from, to }: ConvolutionCase): number[][][] {
  const side = input[0]!.length;
  return [...weights.bias].map((bias, o) => {
    const { values, scale } = narrowRow([...weights.kernels.slice(o * input.length * 9, (o + 1) * input.length * 9)]);
    const units = Math.round(bias / (from.scale * scale));
    return Array.from({ length: side }, (_, y) =>
      Array.from({ length: side }, (_, x) => {
        let sum = units;
        for (let c = 0; c < input.length; c++)
          for (let k = 0; k < 9; k++) {
            const level = input[c]![y + Math.floor(k / 3) - 1]?.[x + (k % 3) - 1] ?? from.zero;
            sum += (level - from.zero) * values[c * 9 + k]!;
          }
        return toLevel((sum * from.scale * scale) / 1, to);
      }),
    );
  });
}

function pool(input: number[][][], from: Levels, to: Levels): number[][][] {
  return input.map((plane) =>
    Array.from({ length: plane.length / 2 }, (_, y) =>
      Array.from({ length: plane.length / 2 }, (_, x) => {
        const four = [
          plane[2 * y]![2 * x]!,
          plane[2 * y]![2 * x + 1]!,
          plane[2 * y + 1]![2 * x]!,
          plane[2 * y + 1]![2 * x + 1]!,
        ];
        const mean = four.reduce((sum, level) => sum + (level - from.zero) * from.scale, 0) / 4;
        return toLevel(mean, to);
      }),
    ),
  );
}

function reference(waveform: Float32Array): number[] {
  const [image, first, pooled, second, mean] = RANGES.map(levels) as [Levels, Levels, Levels, Levels, Levels];
  const plane = Array.from({ length: SIDE }, (_, y) =>
    Array.from({ length: SIDE }, (_, x) => toLevel(Math.log(waveform[y * SIDE + x]! ** 2 + 0.1), image)),
  );
  const one = convolve({ input: [plane], weights: WEIGHTS.first, from: image, to: first });
  const two = convolve({ input: pool(one, first, pooled), weights: WEIGHTS.second, from: pooled, to: second });
  const means = two.map(
    (p) => p.flat().reduce((sum, level) => sum + (level - second.zero) * second.scale, 0) / p.flat().length,
  );
  const narrow = means.map((value) => toLevel(value, mean) - mean.zero);
  return [...WEIGHTS.connected.bias].map((bias, o) => {
    const { values, scale } = narrowRow([...WEIGHTS.connected.rows.slice(o * 6, o * 6 + 6)]);
    const units = Math.round(bias / (mean.scale * scale));
    return values.reduce((sum, value, i) => sum + value * narrow[i]!, units) * mean.scale * scale;
  });
}

describe('quantiseGraph', () => {
  const model = smallModel();
  const plan = planQuantisation(model, 'embedding');
  const ranges = new Map([...plan.values.keys()].map((name, i) => [name, RANGES[i]!]));

  test('computes in ONNX Runtime what the arithmetic of the specification gives', async () => {
    const narrow = quantiseGraph(model, { plan, ranges, weightBits: 8 });
    const session = await InferenceSession.create(toBytes(encodeModel(narrow)), { logSeverityLevel: 3 });
    try {
      for (let seed = 1; seed <= 20; seed++) {
        const waveform = createRandom(seed)(SIDE * SIDE, 1.2);
        const { embedding } = await session.run({ waveform: new Tensor('float32', waveform, [1, waveform.length]) });
        const expected = reference(waveform);
        [...(embedding!.data as Float32Array)].forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5);
        });
      }
    } finally {
      await session.release();
    }
  });

  /** Runs models on the same waveforms; the largest difference by the largest value. */
  async function largestDifference(models: readonly Model[], waveforms: readonly Float32Array[]): Promise<number> {
    const answers: Float32Array[][] = [];
    for (const source of models) {
      const session = await InferenceSession.create(toBytes(encodeModel(source)), { logSeverityLevel: 3 });
      const vectors: Float32Array[] = [];
      for (const waveform of waveforms) {
        const answer = await session.run({ waveform: new Tensor('float32', waveform, [1, waveform.length]) });
        vectors.push(answer.embedding!.data as Float32Array);
      }
      answers.push(vectors);
      await session.release();
    }
    const [truth, narrow] = answers.map((vectors) => vectors.flatMap((vector) => [...vector])) as [number[], number[]];
    return Math.max(...truth.map((value, i) => Math.abs(value - narrow[i]!))) / Math.max(...truth.map(Math.abs));
  }

  const waveforms = [1, 2, 3].map((seed) => createRandom(seed)(SIDE * SIDE, 1));

  test('loses little against the original', async () => {
    const narrow = quantiseGraph(model, { plan, ranges, weightBits: 8 });
    expect(await largestDifference([model, narrow], waveforms)).toBeLessThan(0.05);
  });

  test('passes 8 bits through a sum, a maximum and a move, with other activations in 32 bits between', async () => {
    const draw = createRandom(9);
    const g = createGraphBuilder();
    const level = g.op('Log', [
      g.op('Add', [g.op('Abs', [g.input('waveform', ['batch', SIDE * SIDE])]), g.scalar(0.1)]),
    ]);
    const image = g.op('Reshape', [level, g.integers('image', [-1, 1, SIDE, SIDE])]);
    const convolve = (input: typeof image, name: string, inputs: number): typeof image =>
      g.op('Conv', [input, g.floats(name, [4, inputs, 3, 3], draw(36 * inputs, 0.4))], {
        pads: { ints: [1, 1, 1, 1] },
      });
    const stem = g.op('HardSwish', [convolve(image, 'w1', 1)]);
    const sum = g.op('Add', [convolve(stem, 'w2', 4), convolve(stem, 'w3', 4)]);
    const largest = g.op('MaxPool', [sum], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
    const list = g.op('Reshape', [
      g.op('Transpose', [largest], { perm: { ints: [0, 2, 3, 1] } }),
      g.integers('list', [0, -1]),
    ]);
    g.output('embedding', g.op('MatMul', [list, g.floats('w4', [64, 6], draw(384, 0.3))]), ['batch', 6]);
    const deep = g.build({ name: 'deep', description: '', metadata: {} });
    const deepPlan = planQuantisation(deep, 'embedding');
    expect([deepPlan.layers.size, deepPlan.carriers.size]).toEqual([4, 4]);
    const wide = new Map([...deepPlan.values.keys()].map((name) => [name, { low: -3, high: 3 }]));
    const narrow = quantiseGraph(deep, { plan: deepPlan, ranges: wide, weightBits: 8 });
    expect(await largestDifference([deep, narrow], waveforms)).toBeLessThan(0.05);
  });
});
