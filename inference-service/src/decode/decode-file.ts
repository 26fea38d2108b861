// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { findNonFinite } from '../core/find-non-finite.ts';
import { DecodeError } from './decode-error.ts';
import { decodeWithFfmpeg, type RawDecode } from './decode-with-ffmpeg.ts';
import type { Decoder, SourceInfo } from './decoder.ts';
import { type FileInspection, inspectFile } from './inspect-file.ts';
import { type ExcerptRequest, planSamples, type SamplePlan } from './sample-plan.ts';
import { createSampleCollector, type SampleSink } from './sample-sink.ts';
import type { WavFormat, WavLayout } from './wav-layout.ts';
import { readWavSamples } from './wav-samples.ts';

export interface DecodeOptions extends ExcerptRequest {
  readonly decoder: Decoder;
  /** Kills the decoder at once. A `TimeoutError` becomes `deadline_exceeded`, any other reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  /** Keep what a damaged file still gives, marked `truncated`; by default such a file is `undecodable_audio`. */
  readonly lenient?: boolean | undefined;
}

export interface StreamOptions extends DecodeOptions {
  readonly sink: SampleSink;
}

export interface StreamedAudio {
  /** Of the samples that went to the sink. */
  readonly durationMs: number;
  readonly info: SourceInfo;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

export interface DecodedAudio extends StreamedAudio {
  /** Mono, −1…1 (float files may exceed it), at the rate asked for. */
  readonly samples: Float32Array;
}

async function decodeRaw(
  path: string,
  plan: SamplePlan,
  options: StreamOptions & { signal: AbortSignal },
): Promise<RawDecode> {
  const { sampleRateHz, decoder, signal, sink, lenient: isLenient = false } = options;
  const file = await open(path, 'r');
  let inspection: FileInspection;
  try {
    inspection = await inspectFile(file);
    const { wav } = inspection;
    const format = wav?.format;
    if (wav !== undefined && format?.sampleRateHz === sampleRateHz)
      return await decodeWav(file, { ...wav, format }, { plan, sink });
  } finally {
    await file.close();
  }
  const { hasAudioMagic, isCutOff } = inspection;
  // ffmpeg calls the end of such a file corrupt, because its header promises more.
  const isOpenEnded = inspection.wav?.isOpenEnded === true;
  const raw = await decodeWithFfmpeg(path, {
    ...{ decoder, plan, sampleRateHz, signal, hasAudioMagic, sink },
    isLenient: isLenient || isOpenEnded,
  });
  return { ...raw, isTruncated: (raw.isTruncated && !isOpenEnded) || isCutOff };
}

async function decodeWav(
  file: FileHandle,
  layout: WavLayout & { readonly format: WavFormat },
  { plan, sink }: { readonly plan: SamplePlan; readonly sink: SampleSink },
): Promise<RawDecode> {
  const { encoding, bits, channels, sampleRateHz } = layout.format;
  const codec = encoding === 'float' ? 'pcm_f32le' : `pcm_s${bits}le`;
  const isTooLong = layout.dataBytes / ((channels * bits) / 8) >= plan.maxFrames + 1;
  const nothing = { framesSeen: 0, framesKept: 0 };
  const { framesSeen, framesKept } = isTooLong ? nothing : await readWavSamples(file, layout, { plan, sink });
  return {
    framesSeen,
    framesKept,
    isTooLong,
    info: { container: 'wav', codec, sampleRateHz, channels },
    isTruncated: layout.isTruncated,
    warnings: [],
  };
}

/** The checks that hold whichever way a file was decoded. */
function checkOutcome(raw: RawDecode, options: DecodeOptions): void {
  if (raw.isTooLong) {
    throw new DecodeError('audio_too_long', `The recording is longer than ${options.maxSeconds} s.`);
  }
  if (raw.isTruncated && options.lenient !== true) {
    throw new DecodeError('undecodable_audio', 'The file ends before the audio that its header declares.');
  }
  if (raw.framesSeen === 0) throw new DecodeError('undecodable_audio', 'The file holds no audio samples.');
  if (raw.framesKept === 0) {
    const seconds = (raw.framesSeen / options.sampleRateHz).toFixed(3);
    throw new DecodeError('audio_too_short', `The excerpt begins after the end of the recording (${seconds} s).`);
  }
}

function asDecodeError(cause: unknown): unknown {
  const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
  return isTimeout ? new DecodeError('deadline_exceeded', 'Decoding did not finish in time.', { cause }) : cause;
}

/** Stops at the first sample that is no number: nothing after it can be trusted, and no model takes it. */
function refusingNonFinite(sink: SampleSink): SampleSink {
  return (samples) => {
    if (findNonFinite(samples) >= 0)
      throw new DecodeError('undecodable_audio', 'The file holds samples that are not finite numbers.');
    return sink(samples);
  };
}

/**
 * Samples of one recording, given to the sink piece by piece as they are decoded: mono (mean of all channels), at the
 * rate asked for, with the encoder's declared delay and padding cut off. Memory stays flat however long it is.
 * What is wrong with a file may show only at its end: what the sink has been given counts only when this resolves.
 * @param path absolute path of a seekable file of our own making
 * @throws DecodeError empty_body, not_audio, undecodable_audio, no_audio_stream, audio_too_short, audio_too_long,
 *   deadline_exceeded; whatever the sink throws
 */
export async function streamFile(path: string, options: StreamOptions): Promise<StreamedAudio> {
  const plan = planSamples(options);
  const signal = options.signal ?? new AbortController().signal;
  let raw: RawDecode;
  try {
    signal.throwIfAborted();
    raw = await decodeRaw(path, plan, { ...options, sink: refusingNonFinite(options.sink), signal });
  } catch (cause) {
    throw asDecodeError(cause);
  }
  checkOutcome(raw, options);
  const { framesKept, info, warnings, isTruncated: truncated } = raw;
  return {
    durationMs: Math.round((framesKept / options.sampleRateHz) * 1000),
    info,
    truncated,
    warnings: truncated
      ? [...warnings, 'The file is damaged or ends early; what could be decoded was used.']
      : warnings,
  };
}

/** The same, with all samples at once: for short recordings. */
export async function decodeFile(path: string, options: DecodeOptions): Promise<DecodedAudio> {
  const collector = createSampleCollector();
  const streamed = await streamFile(path, { ...options, sink: collector.sink });
  return { ...streamed, samples: collector.samples() };
}
