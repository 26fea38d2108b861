// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoHum, demoLibrary, wavFile } from '@earshot/synthesis/library';
import { demoDir } from './start-parts.ts';

const TUNE = 'ode-to-joy';
const TITLE = 'Ode to Joy';
const RATE_HZ = 16_000;

interface Hum {
  readonly file: string;
  readonly title: string;
  /** How many recordings of the library play the tune. */
  readonly recordings: number;
}

/** Somebody's humming of a tune that the built-in library plays, as a file. */
export async function writeHum(): Promise<Hum> {
  const file = join(demoDir(), `hum-of-${TUNE}.wav`);
  const tags = { title: `${TITLE} (hummed)`, artist: '', album: '', genre: '', comment: '', keywords: '' };
  await writeFile(file, wavFile({ channels: [demoHum(TUNE, { sampleRateHz: RATE_HZ })], sampleRateHz: RATE_HZ }, tags));
  const recordings = demoLibrary().filter((clip) => clip.melody === TUNE).length;
  return { file, title: TITLE, recordings };
}
