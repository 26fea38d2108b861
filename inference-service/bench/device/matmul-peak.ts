// SPDX-License-Identifier: Apache-2.0
import { createGraphBuilder, encodeModel, toBytes } from '@earshot/models/build';
import { InferenceSession, Tensor } from '@earshot/models/onnx-runtime';

/** Side of the matrices and length of the chain: large enough to fill the device, small enough for one run a second. */
const SIZES: Readonly<Record<string, { readonly side: number; readonly chain: number }>> = {
  cpu: { side: 1536, chain: 4 },
  cuda: { side: 8192, chain: 16 },
  webgpu: { side: 2048, chain: 8 },
};

/**
 * A chain of square matrix products whose result is one number, so that nothing but products counts. The matrix's
 * columns have unit length on average, which keeps the values finite however long the chain.
 */
function matmulGraph(side: number, chain: number): Uint8Array {
  const g = createGraphBuilder();
  let state = 1;
  const matrix = Float32Array.from({ length: side * side }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 0x80000000 - 1) * Math.sqrt(3 / side);
  });
  const weights = g.floats('weights', [side, side], matrix);
  // The factor comes from outside: else ONNX Runtime would compute the whole chain while it loads the graph.
  let product = g.op('Mul', [weights, g.input('factor', [1, 1])]);
  for (let link = 0; link < chain; link++) product = g.op('MatMul', [weights, product]);
  const largest = g.op('ReduceMax', [product], { axes: { ints: [0, 1] }, keepdims: { int: 1 } });
  g.output('largest', largest, [1, 1]);
  return toBytes(encodeModel(g.build({ name: 'matmul', description: 'Speed of matrix products', metadata: {} })));
}

/** Floating-point operations per second of large float32 matrix products on a provider: the best of several runs. */
export async function measureMatmulPeak(ep: string, threads: number, seconds: number): Promise<number> {
  const { side, chain } = SIZES[ep] ?? { side: 1536, chain: 4 };
  const session = await InferenceSession.create(matmulGraph(side, chain), {
    executionProviders: [ep],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const feed = { factor: new Tensor('float32', Float32Array.of(1), [1, 1]) };
  await session.run(feed);
  let leastMs = Number.POSITIVE_INFINITY;
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1000) {
    const runAt = performance.now();
    await session.run(feed);
    leastMs = Math.min(leastMs, performance.now() - runAt);
  }
  await session.release();
  return (2 * side ** 3 * chain) / (leastMs / 1000);
}
