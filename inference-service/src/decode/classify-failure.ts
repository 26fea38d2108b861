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

const UNSUPPORTED = /\bnot on whitelist\b|[Dd]ecoder .*not found\b|\bno decoder found\b/;

/** One line of ffmpeg's, without our spool path and without control characters, for an error message. */
function quoted(line: string, path: string): string {
  const clean = line.replaceAll(`file:${path}`, 'the file').replaceAll(path, 'the file');
  // Metadata of a hostile file may carry terminal escapes into logs.
  return [...clean]
    .map((c) => (c < ' ' || c > '~' ? '?' : c))
    .join('')
    .slice(0, 200);
}

/** Pictures and video are refused on purpose: only what concerns the first audio stream counts. */
function unsupportedCodec({ run, refusedCodecs }: FailureContext): DecodeError | undefined {
  const { codec, errors, channels } = run.facts;
  if (codec === undefined || channels !== undefined) return undefined;
  const isAboutCodec = (line: string) => UNSUPPORTED.test(line) && line.split(/[^\w]+/).includes(codec);
  if (codec !== 'none' && !errors.some(isAboutCodec)) return undefined;
  const message = refusedCodecs.includes(codec)
    ? `The ffmpeg of this service decodes ${codec} wrongly and is not used for it; npm run build:ffmpeg makes one that does not.`
    : `The audio codec ${codec} is not supported.`;
  return new DecodeError('not_audio', message);
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
  const first = facts.errors.find((line) => !UNSUPPORTED.test(line));
  const reason = first === undefined ? `the decoder ended with ${run.killedBy ?? run.exitCode}` : quoted(first, path);
  return new DecodeError('undecodable_audio', `The file cannot be decoded: ${reason}`);
}
