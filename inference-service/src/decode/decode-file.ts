// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { DecodeError } from './decode-error.ts';
import { decodeWithFfmpeg, type RawDecode } from './decode-with-ffmpeg.ts';
import type { Decoder, SourceInfo } from './decoder.ts';
import { isOggCutOff } from './ogg-end.ts';
import { type ExcerptRequest, planSamples, type SamplePlan } from './sample-plan.ts';
import { looksLikeAudio } from './sniff-audio.ts';
import { readWavLayout, type WavFormat, type WavLayout } from './wav-layout.ts';
import { readWavSamples } from './wav-samples.ts';

export interface DecodeOptions extends ExcerptRequest {
  readonly decoder: Decoder;
  /** Kills the decoder at once. A `TimeoutError` becomes `deadline_exceeded`, any other reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  /** Keep what a damaged file still gives, marked `truncated`; by default such a file is `undecodable_audio`. */
  readonly lenient?: boolean | undefined;
}

export interface DecodedAudio {
  /** Mono, −1…1 (float files may exceed it), at the rate asked for. */
  readonly samples: Float32Array;
  /** Length of `samples`. */
  readonly durationMs: number;
  readonly info: SourceInfo;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

/** Wall-clock limit where the caller's signal sets none, seconds. */
const LONGEST_WAIT_SECONDS = 120;

/** What a look into the file, without decoding, tells about it. */
interface Inspection {
  readonly hasAudioMagic: boolean;
  readonly wav: WavLayout | undefined;
  readonly isCutOff: boolean;
}

async function inspect(file: FileHandle): Promise<Inspection> {
  const { size } = await file.stat();
  if (size === 0) throw new DecodeError('empty_body', 'The audio file is empty.');
  const { buffer: head } = await file.read(Buffer.alloc(16), 0, 16, 0);
  const wav = await readWavLayout(file, size);
  const isOgg = head.toString('latin1', 0, 4) === 'OggS';
  const isCutOff = wav?.isTruncated ?? (isOgg && (await isOggCutOff(file, size)));
  return { hasAudioMagic: looksLikeAudio(head), wav, isCutOff };
}

async function decodeRaw(
  path: string,
  plan: SamplePlan,
  options: DecodeOptions & { signal: AbortSignal },
): Promise<RawDecode> {
  const { sampleRateHz, decoder, signal, lenient: isLenient = false } = options;
  const file = await open(path, 'r');
  let inspection: Inspection;
  try {
    inspection = await inspect(file);
    const { wav } = inspection;
    const format = wav?.format;
    if (wav !== undefined && format?.sampleRateHz === sampleRateHz)
      return await decodeWav(file, { ...wav, format }, plan);
  } finally {
    await file.close();
  }
  const { hasAudioMagic, isCutOff } = inspection;
  // ffmpeg calls the end of such a file corrupt, because its header promises more.
  const isOpenEnded = inspection.wav?.isOpenEnded === true;
  const raw = await decodeWithFfmpeg(path, {
    ...{ decoder, plan, sampleRateHz, signal, hasAudioMagic },
    isLenient: isLenient || isOpenEnded,
  });
  return { ...raw, isTruncated: (raw.isTruncated && !isOpenEnded) || isCutOff };
}

async function decodeWav(
  file: FileHandle,
  layout: WavLayout & { readonly format: WavFormat },
  plan: SamplePlan,
): Promise<RawDecode> {
  const { encoding, bits, channels, sampleRateHz } = layout.format;
  const collector = await readWavSamples(file, layout, plan);
  const codec = encoding === 'float' ? 'pcm_f32le' : `pcm_s${bits}le`;
  return {
    samples: collector.samples(),
    framesSeen: collector.framesSeen,
    info: { container: 'wav', codec, sampleRateHz, channels },
    isTruncated: layout.isTruncated,
    warnings: [],
  };
}

/** The checks that hold whichever way a file was decoded. */
function checkSamples(raw: RawDecode, plan: SamplePlan, options: DecodeOptions): void {
  if (raw.framesSeen > plan.maxFrames) {
    throw new DecodeError('audio_too_long', `The recording is longer than ${options.maxSeconds} s.`);
  }
  if (raw.isTruncated && options.lenient !== true) {
    throw new DecodeError('undecodable_audio', 'The file ends before the audio that its header declares.');
  }
  if (raw.framesSeen === 0) throw new DecodeError('undecodable_audio', 'The file holds no audio samples.');
  if (raw.samples.length === 0) {
    const seconds = (raw.framesSeen / options.sampleRateHz).toFixed(3);
    throw new DecodeError('audio_too_short', `The excerpt begins after the end of the recording (${seconds} s).`);
  }
  if (!raw.samples.every(Number.isFinite)) {
    throw new DecodeError('undecodable_audio', 'The file holds samples that are not finite numbers.');
  }
}

function asDecodeError(cause: unknown): unknown {
  const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
  return isTimeout ? new DecodeError('deadline_exceeded', 'Decoding did not finish in time.', { cause }) : cause;
}

/**
 * Samples of one recording: mono (mean of all channels), at the rate asked for, with the encoder's declared delay
 * and padding cut off.
 * @param path absolute path of a seekable file of our own making
 * @throws DecodeError empty_body, not_audio, undecodable_audio, no_audio_stream, audio_too_short, audio_too_long,
 *   deadline_exceeded
 */
export async function decodeFile(path: string, options: DecodeOptions): Promise<DecodedAudio> {
  const plan = planSamples(options);
  const limit = AbortSignal.timeout(LONGEST_WAIT_SECONDS * 1000);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  let raw: RawDecode;
  try {
    signal.throwIfAborted();
    raw = await decodeRaw(path, plan, { ...options, signal });
  } catch (cause) {
    throw asDecodeError(cause);
  }
  checkSamples(raw, plan, options);
  const { samples, info, warnings, isTruncated: truncated } = raw;
  const durationMs = Math.round((samples.length / options.sampleRateHz) * 1000);
  return {
    samples,
    durationMs,
    info,
    truncated,
    warnings: truncated
      ? [...warnings, 'The file is damaged or ends early; what could be decoded was used.']
      : warnings,
  };
}
