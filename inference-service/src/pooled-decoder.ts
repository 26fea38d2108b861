// SPDX-License-Identifier: Apache-2.0
import type { DecodeInfo } from './contract/embeddings.ts';
import type { DecodedRecording, DecodeRequest, Decoder } from './core/decoder-port.ts';
import {
  createBulkBatcher,
  createDecodePool,
  createSignalMeter,
  type DecodeSlot,
  type Decoder as Ffmpeg,
  type SourceInfo,
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

interface Findings {
  readonly info: SourceInfo;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

/** Measures samples on their way, and words what was found out. */
function createMeasuring({ onSamples, peaks }: DecodeRequest) {
  const meter = createSignalMeter();
  return {
    sink: ((samples) => {
      meter.push(samples);
      return onSamples(samples);
    }) satisfies Sink,
    describe: ({ info, truncated, warnings }: Findings): DecodeInfo => {
      const level = meter.loudnessDbfs();
      const drawn = peaks === undefined ? {} : { peaks: meter.peaks(peaks) };
      meter.release();
      return {
        container: info.container,
        codec: info.codec,
        sample_rate_hz: info.sampleRateHz,
        channels: info.channels,
        loudness_dbfs: level === null ? null : Math.round(level * 100) / 100,
        ...drawn,
        truncated,
        warnings,
      };
    },
  };
}

/** A whole recording of a bulk run, to be refused when damaged: such ones may be decoded several in one process. */
const mayBeBatched = ({ priority, lenient, offsetSeconds, durationSeconds, maxSeconds }: DecodeRequest): boolean =>
  priority === 'bulk' && !lenient && offsetSeconds === undefined && durationSeconds === undefined && maxSeconds >= 60;

interface PooledDecoderOptions {
  readonly maxConcurrent: number;
  /** Folder for decoded samples of batches, in memory where there is one. */
  readonly outputDir: string;
}

/** The decoder the embedder sees: ffmpeg behind a pool of bounded size, with level and peaks from the same pass. */
export function createPooledDecoder(ffmpeg: Ffmpeg, { maxConcurrent, outputDir }: PooledDecoderOptions): Decoder {
  const pool = createDecodePool({ maxConcurrent });
  const batcher = createBulkBatcher({ decoder: ffmpeg, pool, outputDir });

  const decodeAlone = async (request: DecodeRequest): Promise<DecodedRecording> => {
    const { path, priority, signal } = request;
    const task = async (slot: DecodeSlot): Promise<Omit<DecodedRecording, 'queueMs'>> => {
      const startedAt = performance.now();
      const measuring = createMeasuring(request);
      const lending = createLendingSink(measuring.sink, slot);
      const found = await streamFile(path, { ...request, decoder: ffmpeg, sink: lending.sink });
      return { info: measuring.describe(found), decodeMs: performance.now() - startedAt - lending.heldUpMs() };
    };
    const { value, queueMs } = await pool.run(task, { priority, signal });
    return { ...value, queueMs };
  };

  /** @returns undefined when the file must be decoded alone */
  const decodeInBatch = async (request: DecodeRequest): Promise<DecodedRecording | undefined> => {
    const { path, sampleRateHz, signal } = request;
    const { member, queueMs, decodeMs } = await batcher.decode(path, { sampleRateHz, signal });
    if (!member) return undefined;
    try {
      signal.throwIfAborted();
      const measuring = createMeasuring(request);
      const frames = await member.read(measuring.sink);
      if (frames === undefined) return undefined;
      const info = measuring.describe({ info: member.info, truncated: false, warnings: [] });
      return { info, queueMs, decodeMs };
    } finally {
      await member.discard();
    }
  };

  const { version, source, refuses } = ffmpeg;
  return {
    ...{ version, source, refuses },
    decode: async (request) =>
      (mayBeBatched(request) ? await decodeInBatch(request) : undefined) ?? (await decodeAlone(request)),
  };
}
