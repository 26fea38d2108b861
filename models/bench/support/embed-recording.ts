// SPDX-License-Identifier: Apache-2.0

import type { Card } from '../../src/card.ts';
import { InferenceSession, Tensor } from '../../src/onnx-runtime.ts';
import type { Space } from '../../src/registry.ts';

/** As in the service: a rest of less than this share of a window gets no window of its own. */
const NEGLIGIBLE_REST = 0.02;

/** Window starts as the service plans them: every hop, a last one ending with the recording. */
export function windowStarts(samples: number, { windowSamples, hopSamples }: Card['input']): number[] {
  const last = Math.max(0, samples - windowSamples);
  const starts = Array.from({ length: Math.floor(last / hopSamples) + 1 }, (_, i) => i * hopSamples);
  return last - (starts.at(-1) ?? 0) > windowSamples * NEGLIGIBLE_REST ? [...starts, last] : starts;
}

export function copyWindow(
  samples: Float32Array,
  start: number,
  { windowSamples, padding }: Card['input'],
): Float32Array {
  if (samples.length >= windowSamples) return samples.slice(start, start + windowSamples);
  const wholeCopies = windowSamples - (windowSamples % samples.length);
  const repeated = padding === 'zero' ? 0 : padding === 'repeat' ? windowSamples : wholeCopies;
  const wrapped = (n: number): number => (n < repeated ? n % samples.length : n);
  return Float32Array.from({ length: windowSamples }, (_, n) => samples[wrapped(n)] ?? 0);
}

export function pool(vectors: readonly Float32Array[], pooling: Card['pooling']): Float64Array {
  return Float64Array.from(vectors[0] ?? [], (_, d) => {
    const values = vectors.map((vector) => vector[d] ?? 0);
    return pooling === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

/** Runs a space's graph on one thread: recording → track vector (not renormalised; cosine does not mind). */
export async function createEmbedder({
  card,
  graphPath,
}: Space): Promise<(samples: Float32Array, pooling?: Card['pooling']) => Promise<Float64Array>> {
  const session = await InferenceSession.create(graphPath, { intraOpNumThreads: 1 });
  return async (samples, pooling = card.pooling) => {
    const vectors: Float32Array[] = [];
    for (const start of windowStarts(samples.length, card.input)) {
      const window = new Tensor('float32', copyWindow(samples, start, card.input), [1, card.input.windowSamples]);
      const answer = await session.run({ [card.input.tensor]: window });
      vectors.push(answer[card.output.tensor]?.data as Float32Array);
    }
    return pool(vectors, pooling);
  };
}
