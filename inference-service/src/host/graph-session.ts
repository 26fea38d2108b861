// SPDX-License-Identifier: Apache-2.0
import { goldenSignal } from '@earshot/models';
import { InferenceSession, type SessionOptions as RuntimeOptions, Tensor } from '@earshot/models/onnx-runtime';
import type { Space } from '@earshot/models/registry';

/** What goes into a graph and what comes out of it, a row each. */
export interface GraphShape {
  readonly input: { readonly tensor: string; readonly values: number };
  readonly output: { readonly tensor: string; readonly values: number };
}

/** One graph in memory. */
export interface GraphSession {
  /** @param windows float32 [count × input values] @returns float32 [count × output values] */
  run(windows: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly ep: string;
  /** Which GPU, for CUDA. */
  readonly deviceId: number;
  readonly threads: number;
}

/**
 * Spinning is off: the cores are shared with decoders. The memory arena is on: without it each batch of a large network
 * faults its pages in anew (6 to 12 % of Cnn14's CPU time), and since a CPU's batches are at most two windows it keeps little.
 */
export const runtimeOptions = ({ ep, deviceId, threads }: SessionOptions): RuntimeOptions => ({
  executionProviders: [ep === 'cuda' ? { name: 'cuda', deviceId } : ep],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});

function assertTensors({ input, output }: GraphShape, session: InferenceSession): void {
  if (!session.inputNames.includes(input.tensor))
    throw new Error(`the graph has no input ${input.tensor} (it has ${session.inputNames.join(', ')})`);
  if (!session.outputNames.includes(output.tensor))
    throw new Error(`the graph has no output ${output.tensor} (it has ${session.outputNames.join(', ')})`);
}

/** Opens a session on one execution provider. */
export async function openGraphSession(
  shape: GraphShape,
  graph: Uint8Array,
  options: SessionOptions,
): Promise<GraphSession> {
  const { input, output } = shape;
  const session = await InferenceSession.create(graph, runtimeOptions(options));
  try {
    assertTensors(shape, session);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    run: async (windows, count) => {
      const feed = { [input.tensor]: new Tensor('float32', windows, [count, input.values]) };
      const result = (await session.run(feed, [output.tensor]))[output.tensor];
      const data = result?.data;
      if (!(data instanceof Float32Array) || data.length !== count * output.values)
        throw new Error(
          `${output.tensor} is ${result?.type} [${result?.dims}], the card says float32 [${count},${output.values}]`,
        );
      return data;
    },
    release: () => session.release(),
  };
}

export function cosine(a: Float32Array, b: readonly number[]): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    dot += value * other;
    squaresA += value * value;
    squaresB += other * other;
  }
  return dot / Math.sqrt(squaresA * squaresB);
}

/** Windows → vectors, all the way. @param windows float32 [count × windowSamples] @returns float32 [count × dims] */
type EmbedWindows = (windows: Float32Array, count: number) => Promise<Float32Array>;

/**
 * Runs the card's golden signals at one batch size and compares each row.
 * @throws Error saying which signal missed and by how much
 */
export async function checkGolden({ card }: Space, embed: EmbedWindows, batchSize: number): Promise<void> {
  const { windowSamples, sampleRateHz } = card.input;
  for (const golden of card.golden) {
    const signal = goldenSignal(golden.signal, sampleRateHz, windowSamples);
    const windows = new Float32Array(windowSamples * batchSize);
    for (let row = 0; row < batchSize; row++) windows.set(signal, row * windowSamples);
    const vectors = await embed(windows, batchSize);
    for (let row = 0; row < batchSize; row++) {
      const similarity = cosine(vectors.subarray(row * card.dims, (row + 1) * card.dims), golden.embedding);
      if (!(similarity >= golden.minCosine))
        throw new Error(
          `golden vector ${golden.signal}: cosine ${similarity.toFixed(6)}, at least ${golden.minCosine} is needed`,
        );
    }
  }
}
