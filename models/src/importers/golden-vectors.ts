// SPDX-License-Identifier: Apache-2.0
import type { Card } from '../card.ts';
import { goldenSignal } from '../golden-signal.ts';
import { InferenceSession, Tensor } from '../onnx-runtime.ts';
import { ImportError } from './import-error.ts';

const SIGNALS = ['chirp-noise', 'plucked-notes'] as const;
/** Fewer bits leave more to the processor. */
const MIN_COSINE = { fp32: 0.9999, fp16: 0.999, int8: 0.99 } as const;
const DIGITS = 6;

/**
 * What a new graph answers to the golden signals, on the CPU: later runs, and other devices, must answer the same.
 * @throws ImportError CHECKPOINT_MISMATCH when an answer is no use as a vector
 */
export async function makeGoldenVectors(
  graphPath: string,
  { input, output, dims }: Pick<Card, 'input' | 'output' | 'dims'>,
  precision: Card['graph']['precision'] = 'fp32',
): Promise<Card['golden']> {
  const { tensor, sampleRateHz, windowSamples } = input;
  // Two windows are all that is run here: rearranging the weights for speed would double the memory (1.2 GB for Cnn14).
  // The 8-bit kernels are made by rearranging, and their weights are small.
  const session = await InferenceSession.create(graphPath, {
    enableCpuMemArena: false,
    graphOptimizationLevel: precision === 'int8' ? 'all' : 'basic',
  });
  const golden: Card['golden'] = [];
  try {
    for (const signal of SIGNALS) {
      const samples = goldenSignal(signal, sampleRateHz, windowSamples);
      const answer = await session.run({ [tensor]: new Tensor('float32', samples, [1, windowSamples]) }, [
        output.tensor,
      ]);
      const embedding = Array.from(answer[output.tensor]?.data as Float32Array);
      const isUsable = embedding.every(Number.isFinite) && embedding.some((value) => value !== 0);
      if (embedding.length !== dims || !isUsable)
        throw new ImportError('CHECKPOINT_MISMATCH', `The network has no usable answer to the signal ${signal}`);
      golden.push({
        signal,
        embedding: embedding.map((v) => Number(v.toPrecision(DIGITS))),
        minCosine: MIN_COSINE[precision],
      });
    }
  } finally {
    await session.release();
  }
  return golden;
}
