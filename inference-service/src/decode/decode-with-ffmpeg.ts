// SPDX-License-Identifier: Apache-2.0
import { classifyFailure } from './classify-failure.ts';
import { isShorterThanDeclared } from './declared-length.ts';
import { DecodeError } from './decode-error.ts';
import type { Decoder, SourceInfo } from './decoder.ts';
import { ffmpegArguments } from './ffmpeg-arguments.ts';
import type { FfmpegFacts } from './ffmpeg-log.ts';
import { type FfmpegRun, runFfmpeg } from './run-ffmpeg.ts';
import type { SamplePlan } from './sample-plan.ts';
import type { SampleSink } from './sample-sink.ts';

/** What came of a file before the checks that hold for every way of decoding. */
export interface RawDecode {
  readonly framesSeen: number;
  readonly framesKept: number;
  readonly isTooLong: boolean;
  readonly info: SourceInfo;
  readonly isTruncated: boolean;
  readonly warnings: readonly string[];
}

export interface FfmpegDecodeOptions {
  readonly decoder: Decoder;
  readonly plan: SamplePlan;
  readonly sampleRateHz: number;
  readonly signal: AbortSignal;
  readonly isLenient: boolean;
  readonly hasAudioMagic: boolean;
  readonly sink: SampleSink;
}

/** Demuxers go by lists of extensions; the short names are what people know. */
const CONTAINER_NAMES: Readonly<Record<string, string>> = { mov: 'mp4' };

/** What the decoder's log says about the file. */
export function infoOf(facts: FfmpegFacts): SourceInfo {
  const demuxer = facts.demuxer?.split(',')[0] ?? 'unknown';
  return {
    container: CONTAINER_NAMES[demuxer] ?? demuxer,
    codec: facts.codec ?? 'unknown',
    sampleRateHz: facts.sampleRateHz ?? 0,
    channels: facts.channels ?? 0,
  };
}

/** An hour of stereo needs about 10 s of CPU; ten times that leaves room for slow machines. */
const cpuSecondsFor = (readSeconds: number): number => 20 + Math.ceil(readSeconds / 36);

const hasFailed = (run: FfmpegRun): boolean => run.exitCode !== 0 && !run.hasOverflown && !run.isTooLong;

/** Whether a damaged file still gave something that lenient decoding may keep. */
const isUsable = (run: FfmpegRun): boolean => run.framesSeen > 0 && run.killedBy === null;

/** Decodes one spooled file in one child process. */
export async function decodeWithFfmpeg(path: string, options: FfmpegDecodeOptions): Promise<RawDecode> {
  const { decoder, plan, sampleRateHz, signal, isLenient, hasAudioMagic, sink } = options;
  const cpuSeconds = cpuSecondsFor(plan.readSeconds);
  const refusedCodecs = decoder.refuses;
  const { readSeconds } = plan;
  const args = ffmpegArguments({ path, sampleRateHz, readSeconds, cpuSeconds, refusedCodecs, isLenient });
  const run = await runFfmpeg({ decoder, args, path, plan, sampleRateHz, signal, sink });
  signal.throwIfAborted();
  const { facts } = run;
  if (facts.hasChannelChange) {
    throw new DecodeError('undecodable_audio', 'The number of channels changes in the middle of the file.');
  }
  if (hasFailed(run) && !(isLenient && isUsable(run))) {
    throw classifyFailure({ run, hasAudioMagic, path, cpuSeconds, refusedCodecs });
  }
  const isShort = isShorterThanDeclared(facts, run.framesSeen, { plan, sampleRateHz });
  return {
    framesSeen: run.framesSeen,
    framesKept: run.framesKept,
    isTooLong: run.isTooLong,
    info: infoOf(facts),
    isTruncated: hasFailed(run) || (isLenient && facts.hasDecodeErrors) || (isShort && !run.isTooLong),
    warnings: [],
  };
}
