// SPDX-License-Identifier: Apache-2.0

/** What ffmpeg's own log says about the file it decodes. */
export interface FfmpegFacts {
  /** Demuxer names as printed, e.g. `mov,mp4,m4a,3gp,3g2,mj2`; absent when nothing could be opened. */
  demuxer?: string;
  /** Of the first audio stream, supported or not. */
  codec?: string;
  /** Of the decoded audio, before resampling. */
  sampleRateHz?: number;
  channels?: number;
  /** The channel count changed in the middle of the file. */
  hasChannelChange: boolean;
  /** Length that the container declares (an estimate for some); absent when it declares none. */
  declaredSeconds?: number;
  /** The declared length was guessed from the bit rate. */
  isDurationEstimated: boolean;
  /** Streams of any kind. */
  streams: number;
  /** Messages of level error and fatal, oldest (and most telling) first. */
  errors: string[];
  /** Errors came up after the file had been opened. */
  hasDecodeErrors: boolean;
}

export interface FfmpegLog {
  push(bytes: Buffer): void;
  end(): void;
  readonly facts: FfmpegFacts;
}

const LONGEST_LINE = 4096;
const MOST_ERRORS = 20;

const INPUT = /^\[info\] Input #0, (.+?), from '/;
const DURATION = /^\[info\] {3}Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?),/;
const STREAM = /^\[info\] {3}Stream #0:\d+/;
const AUDIO_STREAM = /^\[info\] {3}Stream #0:\d+.*?: Audio: (\w+)/;
const MAPPING = /^\[info\] Stream mapping:/;
const RESAMPLER = /^\[Parsed_aresample_0 @ [^\]]*\] \[verbose\] ch:(\d+) chl:.* r:(\d+)Hz -> ch:\d+ /;
const FAILURE = /^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal)\] (.*)$/;
/** Only a warning where `-xerror` is not given. */
const CORRUPT = /\[warning\] .*corrupt (?:input packet|decoded frame)/;

function readInputLine(line: string, facts: FfmpegFacts): void {
  const input = INPUT.exec(line);
  if (input?.[1] !== undefined) facts.demuxer = input[1];
  const duration = DURATION.exec(line);
  if (duration !== null) {
    facts.declaredSeconds = Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
  }
  if (line.includes('Estimating duration from bitrate')) facts.isDurationEstimated = true;
}

function readStreamLine(line: string, facts: FfmpegFacts): void {
  if (!STREAM.test(line)) return;
  facts.streams += 1;
  const codec = AUDIO_STREAM.exec(line)?.[1];
  if (codec !== undefined) facts.codec ??= codec;
}

function readResamplerLine(line: string, facts: FfmpegFacts): void {
  const resampler = RESAMPLER.exec(line);
  if (resampler === null) return;
  const channels = Number(resampler[1]);
  if (facts.channels !== undefined && facts.channels !== channels) facts.hasChannelChange = true;
  facts.channels ??= channels;
  facts.sampleRateHz ??= Number(resampler[2]);
}

/**
 * Reads `-v level+verbose` output line by line and keeps facts, not text: memory stays bounded whatever a file's
 * metadata makes ffmpeg print.
 * @param onChannels called once, when the channel count of the decoded audio is known (before the first sample)
 */
export function createFfmpegLog(onChannels: (channels: number) => void): FfmpegLog {
  const facts: FfmpegFacts = {
    hasChannelChange: false,
    isDurationEstimated: false,
    streams: 0,
    errors: [],
    hasDecodeErrors: false,
  };
  let rest = '';
  let isInputSection = true;

  function readFailure(line: string): void {
    const failure = FAILURE.exec(line)?.[1];
    if (!isInputSection && (failure !== undefined || CORRUPT.test(line))) facts.hasDecodeErrors = true;
    if (failure !== undefined && facts.errors.length < MOST_ERRORS) facts.errors.push(failure);
  }

  function readLine(line: string): void {
    if (MAPPING.test(line)) isInputSection = false;
    if (isInputSection) {
      readInputLine(line, facts);
      readStreamLine(line, facts);
    }
    const known = facts.channels;
    readResamplerLine(line, facts);
    if (known === undefined && facts.channels !== undefined) onChannels(facts.channels);
    readFailure(line);
  }

  return {
    push(bytes) {
      const lines = (rest + bytes.toString('latin1')).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) readLine(line.slice(0, LONGEST_LINE).trimEnd());
    },
    end() {
      if (rest !== '') readLine(rest);
      rest = '';
    },
    facts,
  };
}
