// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeModel } from '../../build/onnx/decode-model.ts';
import { createGraphBuilder, type Value } from '../../build/onnx/graph-builder.ts';
import type { Model } from '../../build/onnx/model.ts';
import { pannsGraph } from '../../build/spaces/panns/graph.ts';
import { randomPannsWeights } from '../../build/spaces/panns/random-weights.ts';
import { type YamnetConvolution, yamnetGraph } from '../../build/spaces/yamnet/graph.ts';
import { narrowLayout } from '../../importers/testing/index.ts';
import { SHIPPED_CARDS_DIR } from '../../registry.ts';
import { planQuantisation } from '../plan/plan-quantisation.ts';
import { levelsOf, quantiseGraph } from './quantise-graph.ts';
import { quantiseWeights } from './quantise-weights.ts';

function narrowed(model: Model, output = 'embedding') {
  const plan = planQuantisation(model, output);
  const ranges = new Map([...plan.values.keys()].map((name) => [name, { low: 0, high: 1 }]));
  return { plan, narrow: quantiseGraph(model, { plan, ranges, weightBits: 8 }) };
}

/** Names of the nodes, with those that turn values into 8 bits and back. */
const operators = ({ nodes }: Model): string[] => nodes.map(({ op }) => op);

function cnn14(): Model {
  const layout = narrowLayout('panns-cnn14');
  return pannsGraph(randomPannsWeights(layout, 14), { id: 'narrow-1', layout });
}

/** Stem, depthwise and pointwise convolution behind YAMNet's own front-end. */
function yamnet(): Model {
  const zeros = (length: number): Float32Array => new Float32Array(length).fill(0.5);
  const part = (name: string, dims: YamnetConvolution['dims'], isDepthwise = false): YamnetConvolution => ({
    ...{ name, isDepthwise, dims, stride: 1, pads: [1, 1, 1, 1] },
    kernels: zeros(dims.reduce((product, dim) => product * dim, 1)),
    bias: zeros(dims[0]),
  });
  const convolutions = [part('stem', [4, 1, 3, 3]), part('deep', [4, 1, 3, 3], true), part('point', [6, 4, 1, 1])];
  const front = { window: zeros(400), mel: zeros(64 * 257), melOffset: zeros(64) };
  const head = { classifier: zeros(12), classifierBias: zeros(2) };
  return yamnetGraph({ ...front, convolutions, ...head }, { id: 'narrow-2' });
}

const FRONT_ENDS: [string, () => Model, string[]][] = [
  ['PANNs', cnn14, ['fourier_first', 'fourier_second', 'mel_weights', 'bn0_scale', 'bn0_shift']],
  ['YAMNet', yamnet, ['fourier_kernels', 'mel_weights', 'mel_offset']],
];

describe('the front-end', () => {
  test.each(FRONT_ENDS)('of %s keeps its nodes and constants, bit by bit', (_name, build, constants) => {
    const model = build();
    const { narrow } = narrowed(model);
    for (const name of constants) expect(narrow.initializers.get(name)).toBe(model.initializers.get(name));
    const first = model.nodes.findIndex(({ inputs }) => /conv_block1\.conv1|stem/.test(inputs[1] ?? ''));
    expect(first).toBeGreaterThan(5);
    expect(narrow.nodes.slice(0, first)).toEqual(model.nodes.slice(0, first));
    expect(operators(narrow)[first]).toBe('QuantizeLinear');
  });

  test('of spectral-1 with its several logarithms stays whole; the projection alone changes', () => {
    const { plan } = narrowed(decodeModel(readFileSync(join(SHIPPED_CARDS_DIR, 'spectral-1.onnx'))));
    expect([...plan.layers.values()].map(({ weights }) => weights)).toEqual(['projection']);
  });

  test('ends before a logarithm that belongs to the network', () => {
    const g = createGraphBuilder();
    const level = g.op('Log', [g.input('waveform', ['batch', 4])]);
    const hidden = g.op('MatMul', [level, g.floats('w1', [4, 4], new Float32Array(16))]);
    const soft = g.op('Log', [g.op('Exp', [g.op('Relu', [hidden])])]);
    g.output('embedding', g.op('MatMul', [soft, g.floats('w2', [4, 2], new Float32Array(8))]), ['batch', 2]);
    const { plan } = narrowed(g.build({ name: '', description: '', metadata: {} }));
    expect([...plan.layers.values()].map(({ weights }) => weights)).toEqual(['w1', 'w2']);
  });

  test('of a network on the waveform itself is its first layer', () => {
    const g = createGraphBuilder();
    const layer = (input: Value, name: string): Value =>
      g.op('Relu', [g.op('MatMul', [input, g.floats(name, [4, 4], new Float32Array(16))])]);
    g.output('embedding', layer(layer(g.input('waveform', ['batch', 4]), 'w1'), 'w2'), ['batch', 4]);
    const { plan } = narrowed(g.build({ name: '', description: '', metadata: {} }));
    expect([...plan.layers.values()].map(({ weights }) => weights)).toEqual(['w2']);
  });
});

describe('the layers', () => {
  test('of PANNs pass 8 bits on through pooling, without activations, and leave the classes alone', () => {
    const { plan, narrow } = narrowed(cnn14());
    expect([plan.layers.size, plan.carriers.size, plan.leftOut.size]).toEqual([13, 5, 12]);
    const kinds = operators(narrow);
    // The one behind the last connected layer, whose output is the vector.
    expect(kinds.filter((op) => op === 'Relu')).toHaveLength(1);
    expect(narrow.initializers.has('fc_audioset.weight')).toBe(true);
    expect(narrow.initializers.has('fc1.weight')).toBe(false);
    expect(narrow.outputs.map(({ name }) => name)).toEqual(['embedding', 'clipwise']);
  });

  test('keep an activation that someone looks behind, and one that is no cut', () => {
    const g = createGraphBuilder();
    const level = g.op('Log', [g.input('waveform', ['batch', 1, 4, 4])]);
    const conv = (input: Value, name: string): Value =>
      g.op('Conv', [input, g.floats(name, [1, 1, 1, 1], new Float32Array(1))]);
    const seen = conv(level, 'w1');
    const both = g.op('Add', [g.op('Relu', [seen]), g.op('Sigmoid', [seen])]);
    const swish = g.op('HardSwish', [conv(both, 'w2')]);
    g.output('embedding', conv(swish, 'w3'), ['batch', 1, 4, 4]);
    const { plan, narrow } = narrowed(g.build({ name: '', description: '', metadata: {} }));
    expect([plan.layers.size, plan.leftOut.size]).toEqual([3, 0]);
    expect(operators(narrow)).toContain('Relu');
    expect(operators(narrow)).toContain('HardSwish');
  });
});

describe('levels and weights', () => {
  test('zero is a level of every range', () => {
    expect(levelsOf({ low: -1, high: 1.55 })).toEqual({ step: Math.fround(0.01), zeroPoint: 100 });
    expect(levelsOf({ low: 0, high: 0 })).toEqual({ step: 1, zeroPoint: 0 });
  });

  test('each output has a scale of its own, along the dimension of the outputs', () => {
    const weights = { dims: [2, 3], data: Float32Array.of(1, -2, 4, 0.5, 0, -4) };
    const options = { largest: 127, inputScale: 0.5, bias: undefined };
    const byRow = quantiseWeights(weights, { ...options, axis: 0 });
    expect([...byRow.scales]).toEqual([4 / 127, 4 / 127].map(Math.fround));
    const byColumn = quantiseWeights(weights, { ...options, axis: 1 });
    expect([...byColumn.scales]).toEqual([1 / 127, 2 / 127, 4 / 127].map(Math.fround));
    expect([...byColumn.values]).toEqual([127, -127, 127, 64, 0, -127]);
    expect([...quantiseWeights(weights, { ...options, axis: 0, largest: 63 }).values]).toEqual([
      16, -31, 63, 8, 0, -63,
    ]);
  });

  test('an output without weights keeps its bias', () => {
    const { scales, bias } = quantiseWeights(
      { dims: [2, 1], data: Float32Array.of(0, 1e-30) },
      { axis: 0, largest: 127, inputScale: 0.01, bias: Float32Array.of(3, -0.25) },
    );
    expect(bias![0]! * 0.01 * scales[0]!).toBeCloseTo(3, 6);
    expect(bias![1]! * 0.01 * scales[1]!).toBeCloseTo(-0.25, 6);
  });
});
