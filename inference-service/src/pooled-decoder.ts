// SPDX-License-Identifier: Apache-2.0
import type { DecodedRecording, DecodeRequest, Decoder } from './core/decoder-port.ts';
import { createDecodePool, decodeFile, type Decoder as Ffmpeg, loudnessDbfs, peaks } from './decode/index.ts';

/** The decoder the embedder sees: ffmpeg behind a pool of bounded size, with level and peaks from the same samples. */
export function createPooledDecoder(ffmpeg: Ffmpeg, maxConcurrent: number): Decoder {
  const pool = createDecodePool({ maxConcurrent });
  const decode = async (request: DecodeRequest): Promise<DecodedRecording> => {
    const { path, priority, signal } = request;
    const task = async (): Promise<Omit<DecodedRecording, 'queueMs'>> => {
      const startedAt = performance.now();
      const { samples, info, truncated, warnings } = await decodeFile(path, { ...request, decoder: ffmpeg });
      const level = loudnessDbfs(samples);
      return {
        samples,
        info: {
          container: info.container,
          codec: info.codec,
          sample_rate_hz: info.sampleRateHz,
          channels: info.channels,
          loudness_dbfs: level === null ? null : Math.round(level * 100) / 100,
          ...(request.peaks === undefined ? {} : { peaks: peaks(samples, request.peaks) }),
          truncated,
          warnings,
        },
        decodeMs: performance.now() - startedAt,
      };
    };
    const { value, queueMs } = await pool.run(task, { priority, signal });
    return { ...value, queueMs };
  };
  const { version, source, refuses } = ffmpeg;
  return { version, source, refuses, decode };
}
