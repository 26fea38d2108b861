// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A full ffmpeg on PATH: its encoders are sound, whatever its decoders do. */
const ENCODER = 'ffmpeg';
const NEEDED = ['libmp3lame', 'libvorbis', 'libopus'];

/** Why fixtures cannot be encoded here; undefined when they can. */
function reasonAgainstEncoding(): string | undefined {
  try {
    const encoders = execFileSync(ENCODER, ['-v', 'error', '-encoders'], { encoding: 'utf8' });
    const missing = NEEDED.filter((name) => !encoders.includes(name));
    return missing.length === 0 ? undefined : `ffmpeg on PATH lacks ${missing.join(', ')}`;
  } catch {
    return 'no ffmpeg on PATH to encode fixtures with';
  }
}

export const noEncoder = reasonAgainstEncoding();

/** Two different channels: a chirp and a softer tone, 4 s at 44.1 kHz. */
export const STEREO_4S = [
  '-f',
  'lavfi',
  '-i',
  'aevalsrc=0.4*sin(2*PI*(300*t+200*t*t))|0.2*sin(2*PI*500*t):d=4:s=44100',
];

/** Encodes a file into `dir` and returns its path. */
export function encodeFixture(dir: string, name: string, args: readonly string[]): string {
  const path = join(dir, name);
  execFileSync(ENCODER, ['-nostdin', '-v', 'error', '-y', ...args, path]);
  return path;
}
