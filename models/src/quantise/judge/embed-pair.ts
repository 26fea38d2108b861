// SPDX-License-Identifier: Apache-2.0
import type { Card } from '../../card.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';

/** Vectors of one recording in both spaces, and what the runs took. */
export interface PairedVectors {
  readonly truth: Float32Array;
  readonly narrow: Float32Array;
  readonly windows: number;
  /** Milliseconds for all windows, one at a time. */
  readonly truthMs: number;
  readonly narrowMs: number;
  /** The same in processor time of all threads, which other programs on the machine disturb less. */
  readonly truthCpuMs: number;
  readonly narrowCpuMs: number;
}

export interface PairedEmbedder {
  embed(windows: readonly Float32Array[]): Promise<PairedVectors>;
  release(): Promise<void>;
}

interface Run {
  readonly vector: Float32Array;
  readonly ms: number;
  readonly cpuMs: number;
}

/** Vector of a recording from those of its windows, as the service makes it (before that scales it to length 1). */
function pool(vectors: readonly Float32Array[], { pooling }: Card): Float32Array {
  return Float32Array.from(vectors[0] ?? [], (_, d) => {
    const values = vectors.map((vector) => vector[d] as number);
    return pooling === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

async function runAll(session: InferenceSession, windows: readonly Float32Array[], card: Card): Promise<Run> {
  const { input, output } = card;
  const vectors: Float32Array[] = [];
  const started = performance.now();
  const before = process.cpuUsage();
  for (const window of windows) {
    const answer = await session.run({ [input.tensor]: new Tensor('float32', window, [1, window.length]) }, [
      output.tensor,
    ]);
    vectors.push(answer[output.tensor]?.data as Float32Array);
  }
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - started;
  return { ms, cpuMs: (user + system) / 1000, vector: pool(vectors, card) };
}

/** Runs the 32-bit and the 8-bit graph by turns on the same windows and threads; which is first changes every time. */
export async function createPairedEmbedder(
  paths: { readonly truth: string; readonly narrow: string },
  { card, threads }: { readonly card: Card; readonly threads: number },
): Promise<PairedEmbedder> {
  // As the service runs them: threads that wait do not spin.
  const extra = { session: { intra_op: { allow_spinning: '0' } } };
  const options = { intraOpNumThreads: threads, logSeverityLevel: 3, extra } as const;
  const truth = await InferenceSession.create(paths.truth, options);
  const narrow = await InferenceSession.create(paths.narrow, options);
  let isTruthFirst = false;
  return {
    embed: async (windows) => {
      isTruthFirst = !isTruthFirst;
      const early = await runAll(isTruthFirst ? truth : narrow, windows, card);
      const late = await runAll(isTruthFirst ? narrow : truth, windows, card);
      const [t, n] = isTruthFirst ? [early, late] : [late, early];
      return {
        ...{ truth: t.vector, narrow: n.vector, windows: windows.length },
        ...{ truthMs: t.ms, narrowMs: n.ms, truthCpuMs: t.cpuMs, narrowCpuMs: n.cpuMs },
      };
    },
    release: async () => {
      await truth.release();
      await narrow.release();
    },
  };
}
