// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { wavFile } from '../../src/testing/wav-file.ts';

const SECONDS = 5;
const RATE_HZ = 44_100;

/** What people have in their collections, and the mono 24 kHz mp3 of speech synthesis. */
const FORMATS: Readonly<Record<string, { readonly ending: string; readonly args: readonly string[] }>> = {
  'wav, stereo 44.1 kHz': { ending: 'wav', args: ['-ac', '2'] },
  'mp3 128 kbit/s, stereo 44.1 kHz': { ending: 'mp3', args: ['-c:a', 'libmp3lame', '-b:a', '128k', '-ac', '2'] },
  'mp3 64 kbit/s, mono 24 kHz': { ending: 'mp3', args: ['-c:a', 'libmp3lame', '-b:a', '64k', '-ar', '24000'] },
  'm4a (AAC), stereo 44.1 kHz': { ending: 'm4a', args: ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'] },
  'ogg (Vorbis), stereo 44.1 kHz': { ending: 'ogg', args: ['-c:a', 'libvorbis', '-ac', '2'] },
  'opus, stereo 48 kHz': { ending: 'opus', args: ['-c:a', 'libopus', '-ac', '2'] },
  'flac, stereo 44.1 kHz': { ending: 'flac', args: ['-c:a', 'flac', '-ac', '2'] },
};

export interface FileGroup {
  readonly name: string;
  readonly paths: readonly string[];
}

/**
 * Five-second recordings in several formats, encoded with the ffmpeg on the PATH.
 * @throws Error when that is missing or lacks an encoder
 */
export function encodeFiles(dir: string, perFormat: number): FileGroup[] {
  const samples = goldenSignal('plucked-notes', RATE_HZ, SECONDS * RATE_HZ);
  return Object.entries(FORMATS).map(([name, { ending, args }], group) => {
    const paths = Array.from({ length: perFormat }, (_, i) => {
      const path = join(dir, `${group}-${i}.${ending}`);
      const input = wavFile(
        samples.map((value) => value * (1 - i / (2 * perFormat))),
        RATE_HZ,
      );
      const options = ['-v', 'error', '-y', '-f', 'wav', '-i', 'pipe:0', ...args, path];
      const { status, stderr } = spawnSync('ffmpeg', options, { input, encoding: 'utf8' });
      if (status !== 0) throw new Error(`no ffmpeg on the PATH that can encode ${name}: ${stderr ?? 'not found'}`);
      return path;
    });
    return { name, paths };
  });
}
