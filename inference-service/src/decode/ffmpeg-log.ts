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
  /** Of the first input; errors and warnings are noted here, whichever input they are about. */
  readonly facts: FfmpegFacts;
  /** One an input, in order. */
  readonly inputs: readonly FfmpegFacts[];
}

const LONGEST_LINE = 4096;
const MOST_ERRORS = 20;

const INPUT = /^\[info\] Input #(\d+), (.+?), from '/;
const DURATION = /^\[info\] {3}Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?),/;
const STREAM = /^\[info\] {3}Stream #\d+:\d+/;
const AUDIO_STREAM = /^\[info\] {3}Stream #\d+:\d+.*?: Audio: (\w+)/;
const MAPPING = /^\[info\] Stream mapping:/;
/** The filter's name ends with the number of its input where there are several. */
const RESAMPLER =
  /^\[(?:Parsed_aresample_0|aresample@i(?<input>\d+)) @ [^\]]*\] \[verbose\] ch:(?<channels>\d+) chl:.* r:(?<rate>\d+)Hz -> ch:\d+ /;
/** The same behind a line that another input's thread had not ended: which input it is about is lost. */
const STRAY_RESAMPLER = /^.+?ch:(\d+) chl:\S+ fmt:\S+ r:(\d+)Hz -> ch:\d+ /;
const FAILURE = /^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal)\] (.*)$/;
/** Only a warning where `-xerror` is not given. */
const CORRUPT = /\[warning\] .*corrupt (?:input packet|decoded frame)/;

function readDurationLine(line: string, facts: FfmpegFacts): void {
  const duration = DURATION.exec(line);
  if (duration === null) return;
  facts.declaredSeconds = Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
}

function readStreamLine(line: string, facts: FfmpegFacts): void {
  if (!STREAM.test(line)) return;
  facts.streams += 1;
  const codec = AUDIO_STREAM.exec(line)?.[1];
  if (codec !== undefined) facts.codec ??= codec;
}

const createFacts = (): FfmpegFacts => ({
  hasChannelChange: false,
  isDurationEstimated: false,
  streams: 0,
  errors: [],
  hasDecodeErrors: false,
});

/** Resampler lines that lost their beginning. */
function createStrays() {
  const said = new Set<string>();
  let count = 0;
  return {
    read(line: string): void {
      const stray = STRAY_RESAMPLER.exec(line);
      if (stray === null) return;
      count += 1;
      said.add(`${stray[1]} ${stray[2]}`);
    },
    /** When all say the same, and as many inputs are left of which nothing was said, they are about these. */
    assignTo(inputs: readonly FfmpegFacts[]): void {
      const unsaid = inputs.filter(({ channels }) => channels === undefined);
      const [stray, ...others] = said;
      if (stray === undefined || others.length > 0 || unsaid.length !== count || inputs.length === 1) return;
      const [channels, sampleRateHz] = stray.split(' ').map(Number);
      for (const input of unsaid) Object.assign(input, { channels, sampleRateHz });
    },
  };
}

/**
 * Reads `-v level+verbose` output line by line and keeps facts, not text: memory stays bounded whatever a file's
 * metadata makes ffmpeg print.
 * @param onChannels called once an input, when the channel count of its decoded audio is known (before its first sample)
 */
export function createFfmpegLog(onChannels: (channels: number) => void): FfmpegLog {
  const facts = createFacts();
  const inputs = [facts];
  let rest = '';
  let isInputSection = true;
  /** Said before the input it is about is introduced. */
  let isNextEstimated = false;
  let current = facts;
  const strays = createStrays();

  function readInputLine(line: string): void {
    if (line.includes('Estimating duration from bitrate')) isNextEstimated = true;
    const input = INPUT.exec(line);
    if (input !== null) {
      current = inputs[Number(input[1])] ??= createFacts();
      if (input[2] !== undefined) current.demuxer = input[2];
      current.isDurationEstimated = isNextEstimated;
      isNextEstimated = false;
    }
    readDurationLine(line, current);
    readStreamLine(line, current);
  }

  function readResamplerLine(line: string): void {
    const { input = '0', channels: count, rate } = RESAMPLER.exec(line)?.groups ?? {};
    if (count === undefined) {
      // Once the inputs are introduced, nothing that comes from a file's tags is printed.
      if (!isInputSection) strays.read(line);
      return;
    }
    const own = inputs[Number(input)];
    if (own === undefined) return;
    const channels = Number(count);
    if (own.channels !== undefined && own.channels !== channels) own.hasChannelChange = true;
    const isFirst = own.channels === undefined;
    own.channels ??= channels;
    own.sampleRateHz ??= Number(rate);
    if (isFirst) onChannels(channels);
  }

  function readFailure(line: string): void {
    const failure = FAILURE.exec(line)?.[1];
    if (!isInputSection && (failure !== undefined || CORRUPT.test(line))) facts.hasDecodeErrors = true;
    if (failure !== undefined && facts.errors.length < MOST_ERRORS) facts.errors.push(failure);
  }

  function readLine(line: string): void {
    if (MAPPING.test(line)) isInputSection = false;
    if (isInputSection) readInputLine(line);
    readResamplerLine(line);
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
      strays.assignTo(inputs);
    },
    facts,
    inputs,
  };
}
