// SPDX-License-Identifier: Apache-2.0
import type { LaunchChild } from './child-launch.ts';

/** An ffmpeg that has passed the golden decode set, and how to start it. */
export interface Decoder {
  /** Absolute path of the executable. */
  readonly path: string;
  /** As ffmpeg prints it, e.g. `9.0.2`. */
  readonly version: string;
  /** Where it was found: `FFMPEG_PATH`, `cache`, `ffmpeg-static` or `PATH`. */
  readonly source: string;
  /** Codecs that this decoder gets wrong and therefore does not serve. */
  readonly refuses: readonly string[];
  /** Words put before the executable to limit memory, CPU time and file writes; empty where prlimit does not work. */
  readonly limits: readonly string[];
  /** Starts it. */
  readonly launch: LaunchChild;
}

/** What decoding found out about the file. */
export interface SourceInfo {
  /** Short name: wav, mp3, flac, ogg, mp4, matroska, … */
  readonly container: string;
  /** ffmpeg's codec name: mp3, aac, opus, pcm_s16le, … */
  readonly codec: string;
  /** Of the file, before resampling. */
  readonly sampleRateHz: number;
  readonly channels: number;
}
