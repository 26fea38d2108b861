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

/**
 * The hardened command line: local file only, whitelisted demuxers and decoders, first audio stream only, bounded
 * time; interleaved float32 of **all** channels on stdout (the mean is taken by us, since libswresample weighs
 * channels unequally and lifts stereo by 3 dB), facts on stderr.
 */
export function ffmpegArguments(request: FfmpegRequest): string[] {
  const { path, sampleRateHz, readSeconds, cpuSeconds, refusedCodecs, isLenient } = request;
  const codecs = CODECS.filter((codec) => !refusedCodecs.includes(codec));
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'level+verbose'],
    ...(isLenient ? [] : ['-xerror']),
    ...['-timelimit', String(cpuSeconds), '-protocol_whitelist', 'file,pipe'],
    ...['-format_whitelist', FORMATS.join(','), '-codec_whitelist', codecs.join(',')],
    ...['-probesize', '5M', '-analyzeduration', '5M', '-threads', '1', '-vn', '-sn', '-dn'],
    ...['-t', readSeconds.toFixed(6), '-i', `file:${path}`],
    ...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-af', `aresample=${sampleRateHz}:filter_size=64:cutoff=0.99`],
    ...['-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
  ];
}
