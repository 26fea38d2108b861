// SPDX-License-Identifier: Apache-2.0
import { createGraphBuilder } from '../../build/onnx/graph-builder.ts';
import type { Model } from '../../build/onnx/model.ts';

interface TextGraphOptions {
  readonly vocabulary: number;
  readonly dims: number;
  readonly output?: string;
}

/** Numbers −1…1 that look random, by a linear congruential generator. */
export function seededNumbers(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A text graph with a real one's inputs: the mean of the tokens' random vectors, padding left out. */
export function textGraph({ vocabulary, dims, output = 'text_embeds' }: TextGraphOptions): Model {
  const g = createGraphBuilder();
  const ids = g.integerInput('input_ids', ['batch', 'tokens']);
  const mask = g.integerInput('attention_mask', ['batch', 'tokens']);
  const table = g.floats('token_vectors', [vocabulary, dims], seededNumbers(vocabulary * dims, 5));
  const weight = g.op('Unsqueeze', [g.op('Cast', [mask], { to: { int: 1 } }), g.integers('last_axis', [2])]);
  const overTokens = { axes: { ints: [1] }, keepdims: { int: 0 } };
  const sum = g.op('ReduceSum', [g.op('Mul', [g.op('Gather', [table, ids]), weight]), g.integers('token_axis', [1])], {
    keepdims: { int: 0 },
  });
  const count = g.op('Mul', [
    g.op('ReduceMean', [weight], overTokens),
    g.op('Cast', [g.op('Shape', [ids], { start: { int: 1 }, end: { int: 2 } })], { to: { int: 1 } }),
  ]);
  g.output(output, g.op('Div', [sum, count]), ['batch', dims]);
  return g.build({ name: 'text', description: 'for tests', metadata: {} });
}
