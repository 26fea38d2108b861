// SPDX-License-Identifier: Apache-2.0
import { goldenSignal } from '@earshot/models';
import { InferenceSession, Tensor } from '@earshot/models/onnx-runtime';
import type { BareJob, BareResult } from './bare-runtime.ts';

/** Program of the baseline: ONNX Runtime with its default options, one window after the other, nothing around it. */
async function measure({ space, threads, seconds }: BareJob): Promise<BareResult> {
  const { tensor, sampleRateHz, windowSamples } = space.card.input;
  const session = await InferenceSession.create(space.graphPath, { intraOpNumThreads: threads });
  const samples = goldenSignal('chirp-noise', sampleRateHz, windowSamples);
  const feed = { [tensor]: new Tensor('float32', samples, [1, windowSamples]) };
  for (let warmUp = 0; warmUp < 2; warmUp++) await session.run(feed);
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  let windows = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    await session.run(feed);
    windows += 1;
  }
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { windowsPerSecond: windows / elapsedSeconds, cpuMsPerWindow: (user + system) / 1000 / windows };
}

process.once('message', (job: BareJob) => {
  void measure(job).then((result) => {
    process.send?.(result);
    process.disconnect();
  });
});
