// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { GeneratedClip } from '../../src/fit/spectral/clips.ts';
import type { CorpusPart } from './corpus-statistics.ts';

interface Collection {
  readonly parts: readonly CorpusPart[];
  readonly threads: number;
  /** Called after each finished part. */
  readonly onPart: (finished: number) => void;
}

async function runPart(part: CorpusPart): Promise<GeneratedClip[]> {
  const worker = new Worker(new URL('./corpus-worker.ts', import.meta.url), { workerData: part });
  const [samples] = (await once(worker, 'message')) as [GeneratedClip[]];
  return samples;
}

/** Statistics of all parts in their order, however many threads share the work. */
export async function collectStatistics({ parts, threads, onPart }: Collection): Promise<GeneratedClip[]> {
  const results: GeneratedClip[][] = [];
  const queue = [...parts.entries()];
  let finished = 0;
  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      results[next[0]] = await runPart(next[1]);
      onPart(++finished);
    }
  };
  await Promise.all(Array.from({ length: threads }, drain));
  return results.flat();
}
