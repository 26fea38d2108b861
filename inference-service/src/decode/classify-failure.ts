// SPDX-License-Identifier: Apache-2.0
import { DecodeError } from './decode-error.ts';
import type { FfmpegRun } from './run-ffmpeg.ts';

export interface FailureContext {
  readonly run: FfmpegRun;
  /** The first bytes are those of a known audio container. */
  readonly hasAudioMagic: boolean;
  readonly path: string;
  readonly cpuSeconds: number;
  readonly refusedCodecs: readonly string[];
}

const UNSUPPORTED =
  /^(?:Codec \((\S+)\) not on whitelist|Decoder \(codec (\S+)\) not found|Decoding requested, but no decoder found)/;

/** One line of ffmpeg's, without our spool path and without control characters, for an error message. */
function quoted(line: string, path: string): string {
  const clean = line.replaceAll(`file:${path}`, 'the file').replaceAll(path, 'the file');
  // Metadata of a hostile file may carry terminal escapes into logs.
  return [...clean]
    .map((c) => (c < ' ' || c > '~' ? '?' : c))
    .join('')
    .slice(0, 200);
}

function unsupportedCodec(context: FailureContext): DecodeError | undefined {
  const { facts } = context.run;
  // Covers and video streams are refused too: only what concerns the audio stream counts.
  const line = facts.errors.findLast((text) => UNSUPPORTED.test(text));
  if (line === undefined || facts.channels !== undefined) return undefined;
  const [, first, second] = UNSUPPORTED.exec(line) ?? [];
  const codec = facts.codec !== undefined && facts.codec !== '?' ? facts.codec : (first ?? second ?? 'of this file');
  const isRefused = context.refusedCodecs.includes(codec);
  return new DecodeError(
    'not_audio',
    isRefused
      ? `The decoder of this service gets ${codec} wrong and therefore refuses it; a minimal build of ffmpeg 9 does not (npm run build:ffmpeg).`
      : `The codec ${codec} is not supported.`,
  );
}

/** Which entry of the error catalogue a failed ffmpeg run is. */
export function classifyFailure(context: FailureContext): DecodeError {
  const { run, hasAudioMagic, path, cpuSeconds } = context;
  const { facts } = run;
  if (run.killedBy === 'SIGXCPU') {
    return new DecodeError('undecodable_audio', `Decoding took more than ${cpuSeconds} s of CPU time and was stopped.`);
  }
  const isWithoutAudio = facts.errors.some((line) => line.includes('matches no streams'));
  if (isWithoutAudio) return new DecodeError('no_audio_stream', 'The file has no audio stream.');
  if (facts.demuxer === undefined && !hasAudioMagic) {
    return new DecodeError('not_audio', 'The file is not audio in a supported format.');
  }
  const unsupported = unsupportedCodec(context);
  if (unsupported !== undefined) return unsupported;
  const last = facts.errors.at(-1);
  const reason = last === undefined ? `the decoder ended with ${run.killedBy ?? run.exitCode}` : quoted(last, path);
  return new DecodeError('undecodable_audio', `The file cannot be decoded: ${reason}`);
}
