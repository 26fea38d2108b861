// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';

const NEEDED = ['libmp3lame', 'flac', 'libvorbis', 'aac'];

/** An ffmpeg on PATH that can write mp3, flac, ogg and m4a, so that the built-in library mixes formats; else undefined. */
export function findEncoder(): string | undefined {
  const { stdout, status } = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const names = new Set(stdout.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  return NEEDED.every((name) => names.has(name)) ? 'ffmpeg' : undefined;
}
