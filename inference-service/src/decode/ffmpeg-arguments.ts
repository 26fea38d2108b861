// SPDX-License-Identifier: Apache-2.0

/** Demuxers of audio files and of containers that hold audio; never playlists, images or devices. */
const FORMATS = [
  'wav',
  'w64',
  'mp3',
  'flac',
  'ogg',
  'mov',
  'matroska',
  'aac',
  'aiff',
  'amr',
  'au',
  'caf',
  'asf',
  'wv',
  'ape',
] as const;

const PCM = ['s8', 'u8', 's16le', 's16be', 's24le', 's24be', 's32le', 's32be', 'f32le', 'f32be', 'f64le', 'f64be'];

/**
 * Decoders by ffmpeg's names. A name that a build lacks does no harm: the list only ever takes away, so it is not
 * intersected with what the build has.
 */
const CODECS = [
  'mp3float',
  'mp3',
  'aac',
  'vorbis',
  'opus',
  'flac',
  'alac',
  'wavpack',
  'ape',
  'wmav1',
  'wmav2',
  'amrnb',
  'amrwb',
  'adpcm_ms',
  'adpcm_ima_wav',
  'pcm_alaw',
  'pcm_mulaw',
  ...PCM.map((kind) => `pcm_${kind}`),
];

export interface FfmpegRequest {
  /** Absolute path of a file of our own making; the client's name never comes here. */
  readonly path: string;
  readonly sampleRateHz: number;
  readonly readSeconds: number;
  readonly cpuSeconds: number;
  readonly refusedCodecs: readonly string[];
  /** Keep what a damaged file still gives instead of failing. */
  readonly isLenient: boolean;
}

function globalArguments({ cpuSeconds, isLenient }: Pick<FfmpegRequest, 'cpuSeconds' | 'isLenient'>): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'level+verbose'],
    ...(isLenient ? [] : ['-xerror']),
    ...['-timelimit', String(cpuSeconds)],
  ];
}

/** Local file only, whitelisted demuxers and decoders, no pictures, bounded length. */
function inputArguments({
  path,
  readSeconds,
  refusedCodecs,
}: Pick<FfmpegRequest, 'path' | 'readSeconds' | 'refusedCodecs'>): string[] {
  const codecs = CODECS.filter((codec) => !refusedCodecs.includes(codec));
  return [
    ...[
      '-protocol_whitelist',
      'file,pipe',
      '-format_whitelist',
      FORMATS.join(','),
      '-codec_whitelist',
      codecs.join(','),
    ],
    ...['-probesize', '5M', '-analyzeduration', '5M', '-threads', '1', '-vn', '-sn', '-dn'],
    ...['-t', readSeconds.toFixed(6), '-i', `file:${path}`],
  ];
}

/**
 * First audio stream of an input: interleaved float32 of **all** channels (the mean is taken by us, since libswresample
 * weighs channels unequally and lifts stereo by 3 dB).
 * @param filter `aresample`, with a name of its own where there are several
 */
function outputArguments(input: number, filter: string, sampleRateHz: number): string[] {
  return [
    ...['-map', `${input}:a:0`, '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-af', `${filter}=${sampleRateHz}:filter_size=64:cutoff=0.99`],
    ...['-c:a', 'pcm_f32le', '-f', 'f32le'],
  ];
}

/** The hardened command line for one file: samples on stdout, facts on stderr. */
export function ffmpegArguments(request: FfmpegRequest): string[] {
  const output = outputArguments(0, 'aresample', request.sampleRateHz);
  return [...globalArguments(request), ...inputArguments(request), ...output, 'pipe:1'];
}

export interface FfmpegBatchRequest extends Omit<FfmpegRequest, 'path' | 'isLenient'> {
  /** Absolute paths of files of our own making. */
  readonly inputs: readonly string[];
  /** Absolute paths of files that do not exist yet, one an input. */
  readonly outputs: readonly string[];
}

/** The same for several files in one process: samples of each in a file, facts on stderr. */
export function ffmpegBatchArguments(request: FfmpegBatchRequest): string[] {
  const { inputs, outputs, sampleRateHz } = request;
  return [
    ...globalArguments({ ...request, isLenient: false }),
    ...inputs.flatMap((path) => inputArguments({ ...request, path })),
    ...outputs.flatMap((path, input) => [
      ...outputArguments(input, `aresample@i${input}`, sampleRateHz),
      `file:${path}`,
    ]),
  ];
}
