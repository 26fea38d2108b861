// SPDX-License-Identifier: Apache-2.0
import type { DecodedRecording, DecodeRequest, Decoder } from './core/decoder-port.ts';
import {
  createDecodePool,
  createSignalMeter,
  type DecodeSlot,
  type Decoder as Ffmpeg,
  streamFile,
} from './decode/index.ts';

type Sink = DecodeRequest['onSamples'];

/** Passes samples on and lends the place in the pool while they are not taken. */
function createLendingSink(sink: Sink, slot: DecodeSlot): { readonly sink: Sink; readonly heldUpMs: () => number } {
  let heldUpMs = 0;
  const lend = async (pending: Promise<void>): Promise<void> => {
    const startedAt = performance.now();
    await slot.lendWhile(pending);
    heldUpMs += performance.now() - startedAt;
  };
  return {
    sink: (samples) => {
      const pending = sink(samples);
      return pending && lend(pending);
    },
    heldUpMs: () => heldUpMs,
  };
}

/** The decoder the embedder sees: ffmpeg behind a pool of bounded size, with level and peaks from the same pass. */
export function createPooledDecoder(ffmpeg: Ffmpeg, maxConcurrent: number): Decoder {
  const pool = createDecodePool({ maxConcurrent });
  const decode = async (request: DecodeRequest): Promise<DecodedRecording> => {
    const { path, priority, signal, onSamples } = request;
    const task = async (slot: DecodeSlot): Promise<Omit<DecodedRecording, 'queueMs'>> => {
      const startedAt = performance.now();
      const meter = createSignalMeter();
      const lending = createLendingSink(onSamples, slot);
      const sink: Sink = (samples) => {
        meter.push(samples);
        return lending.sink(samples);
      };
      const { info, truncated, warnings } = await streamFile(path, { ...request, decoder: ffmpeg, sink });
      const level = meter.loudnessDbfs();
      return {
        info: {
          container: info.container,
          codec: info.codec,
          sample_rate_hz: info.sampleRateHz,
          channels: info.channels,
          loudness_dbfs: level === null ? null : Math.round(level * 100) / 100,
          ...(request.peaks === undefined ? {} : { peaks: meter.peaks(request.peaks) }),
          truncated,
          warnings,
        },
        decodeMs: performance.now() - startedAt - lending.heldUpMs(),
      };
    };
    const { value, queueMs } = await pool.run(task, { priority, signal });
    return { ...value, queueMs };
  };
  const { version, source, refuses } = ffmpeg;
  return { version, source, refuses, decode };
}
