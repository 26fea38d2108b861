// SPDX-License-Identifier: Apache-2.0
import type { Model } from '../../build/onnx/model.ts';
import { writeModel } from '../../build/onnx/write-model.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import type { QuantisationPlan } from '../plan/plan-quantisation.ts';
import { createValueHistogram, type ValueHistogram } from './value-histogram.ts';

export interface Calibration {
  readonly windows: number;
  /** Of every value that gets a scale of its own. */
  readonly histograms: ReadonlyMap<string, ValueHistogram>;
}

export interface ObserveOptions {
  readonly model: Model;
  readonly plan: QuantisationPlan;
  /** Graph input of the waveform. */
  readonly input: string;
  readonly threads: number;
  /** Where the graph with its inner values as outputs is written: from a file it needs no second copy in memory. */
  readonly path: string;
}

/**
 * Runs the 32-bit graph over windows, one at a time, and counts what its inner values are. Memory is bounded by one
 * window's values and one histogram a value.
 */
export async function observeValues(
  windows: AsyncIterable<Float32Array>,
  { model, plan, input, threads, path }: ObserveOptions,
): Promise<Calibration> {
  const observed = [...plan.values.values()].filter(({ scaleOf }) => scaleOf === undefined).map(({ name }) => name);
  const histograms = new Map(observed.map((name) => [name, createValueHistogram()]));
  const declared = new Set(model.outputs.map(({ name }) => name));
  const added = observed.filter((name) => !declared.has(name)).map((name) => ({ name, dims: undefined }));
  await writeModel(path, { ...model, outputs: [...model.outputs, ...added] });
  const session = await InferenceSession.create(path, {
    ...{ intraOpNumThreads: threads, logSeverityLevel: 3 },
    // Every inner value is handed out: an arena would keep room for all of them a second time.
    enableCpuMemArena: false,
  });
  let count = 0;
  try {
    for await (const window of windows) {
      const answer = await session.run({ [input]: new Tensor('float32', window, [1, window.length]) }, observed);
      for (const [name, histogram] of histograms) histogram.add(answer[name]?.data as Float32Array);
      count++;
    }
  } finally {
    await session.release();
  }
  return { windows: count, histograms };
}
