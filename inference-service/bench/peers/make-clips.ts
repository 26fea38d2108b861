// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { wavFile } from '../../src/testing/wav-file.ts';

const SECONDS = 10;
const FILE_RATE_HZ = 44_100;

/** Whether an encoder for mp3 is on the PATH; the product's own ffmpeg only decodes. */
const hasEncoder = (): boolean =>
  spawnSync('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'anullsrc',
    '-t',
    '0.1',
    '-c:a',
    'libmp3lame',
    '-f',
    'null',
    '-',
  ]).status === 0;

/**
 * Ten-second recordings at 44.1 kHz, no two alike: every second one an mp3 where an encoder is at hand, else all WAV.
 * @returns their paths
 */
export function makeClips(dir: string, count: number): string[] {
  const canEncode = hasEncoder();
  return Array.from({ length: count }, (_, i) => {
    const signal = goldenSignal(i % 4 < 2 ? 'chirp-noise' : 'plucked-notes', FILE_RATE_HZ, SECONDS * FILE_RATE_HZ);
    const path = join(dir, `clip-${String(i).padStart(3, '0')}`);
    const wav = wavFile(
      signal.map((sample) => sample * (1 - (0.8 * i) / count)),
      FILE_RATE_HZ,
    );
    writeFileSync(`${path}.wav`, wav);
    if (!canEncode || i % 2 === 0) return `${path}.wav`;
    spawnSync('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-i',
      `${path}.wav`,
      '-c:a',
      'libmp3lame',
      '-b:a',
      '128k',
      `${path}.mp3`,
    ]);
    return `${path}.mp3`;
  });
}
