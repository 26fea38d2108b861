// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredRecording } from '../../core/fit/measure-recording.ts';

/**
 * Hands clips over to the program that fits: `clips.json` says of each recording its label and how many vectors follow,
 * `clips.f32` holds the vectors in that order, clips before halves, little-endian float32.
 */
export function writeClips(folder: string, recordings: readonly MeasuredRecording[]): void {
  const described = recordings.map(({ label, clips, halves }) => ({
    ...(label === undefined ? {} : { label }),
    clips: clips.length,
    halves: halves.length,
  }));
  const vectors = recordings.flatMap(({ clips, halves }) => [...clips, ...halves]);
  writeFileSync(join(folder, 'clips.json'), JSON.stringify(described));
  writeFileSync(
    join(folder, 'clips.f32'),
    Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
}
