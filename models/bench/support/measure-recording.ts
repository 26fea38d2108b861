// SPDX-License-Identifier: Apache-2.0

import { encodeModel } from '../../src/build/onnx/encode-model.ts';
import { toBytes } from '../../src/build/onnx/wire.ts';
import { SPECTRAL_INPUT } from '../../src/build/spaces/spectral/card.ts';
import { spectralStatisticsGraph } from '../../src/build/spaces/spectral/graph.ts';
import type { Recording } from '../../src/fit/spectral/clips.ts';
import { InferenceSession, Tensor } from '../../src/onnx-runtime.ts';
import { decodeAudio, findFfmpeg } from './decode-audio.ts';
import { copyWindow } from './embed-recording.ts';

const { sampleRateHz, windowSamples } = SPECTRAL_INPUT;
/** −80 dBFS: less is silence. */
const AUDIBLE = 1e-4;

/** What `earshot models fit` measures of a recording: clips of 5 s, or of a shorter one also its halves. */
export async function createRecordingMeter(): Promise<(path: string, label: string) => Promise<Recording>> {
  const ffmpeg = findFfmpeg(process.env);
  const session = await InferenceSession.create(toBytes(encodeModel(spectralStatisticsGraph('statistics'))), {
    intraOpNumThreads: 1,
  });
  const measure = async (samples: Float32Array): Promise<Float64Array[]> => {
    if (!samples.some((sample) => Math.abs(sample) > AUDIBLE)) return [];
    const window = new Tensor('float32', copyWindow(samples, 0, SPECTRAL_INPUT), [1, windowSamples]);
    const answer = await session.run({ waveform: window });
    return [Float64Array.from(answer.statistics?.data as Float32Array)];
  };
  return async (path, label) => {
    const samples = await decodeAudio(ffmpeg, path, sampleRateHz);
    const count = Math.max(1, Math.floor(samples.length / windowSamples));
    const cut = (from: number, to: number): Promise<Float64Array[]> => measure(samples.slice(from, to));
    const clips = await Promise.all(
      Array.from({ length: count }, (_, i) => cut(i * windowSamples, (i + 1) * windowSamples)),
    );
    const half = Math.floor(samples.length / 2);
    const halves = count > 1 ? [] : [...(await cut(0, half)), ...(await cut(half, 2 * half))];
    return { label, clips: clips.flat(), halves: halves.length === 2 ? halves : [] };
  };
}
