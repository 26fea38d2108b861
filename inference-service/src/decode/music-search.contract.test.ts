// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFile } from './decode-file.ts';
import { createSignalMeter } from './signal-meter.ts';
import { findTestDecoder } from './testing/test-decoder.ts';

const FOLDER = join(
  process.env.EARSHOT_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'music-search',
);
const { decoder, reason } = await findTestDecoder();
const why = existsSync(FOLDER) ? reason : 'skipped: no data set music-search beside the clone (EARSHOT_SHARED_DATA)';

/** Lengths and levels that FFmpeg 9.0.2 gives; Debian 12's 5.1 is off by up to 0.35 of full scale in the first. */
const TRACKS: readonly [file: string, frames: number, loudness: number][] = [
  ['mozart_symphony25_opera-singer.mp3', 234_240, -15.797438],
  ['a-cappella-chorus.mp3', 234_240, -19.733215],
  ['mozart_symphony25_jazz-with-saxophone.mp3', 234_240, -22.347311],
  ['bella_ciao_string-quartet.mp3', 234_720, -17.987048],
];

describe.skipIf(why !== '')(`24 kHz MPEG-2 mp3 from the wild ${why}`, () => {
  test.each(TRACKS)('%s has exactly its samples and their level', async (file, frames, loudness) => {
    const options = { sampleRateHz: 24_000, maxSeconds: 60, decoder: decoder! };
    const { samples, info } = await decodeFile(join(FOLDER, file), options);
    expect(info).toEqual({ container: 'mp3', codec: 'mp3', sampleRateHz: 24_000, channels: 1 });
    expect(samples.length).toBe(frames);
    const meter = createSignalMeter();
    meter.push(samples);
    expect(meter.loudnessDbfs()).toBeCloseTo(loudness, 5);
  });
});
