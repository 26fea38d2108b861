// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSION_FILE = new URL('../../ffmpeg/VERSION', import.meta.url);

/** Where `inference-service/ffmpeg/build.sh` puts our minimal build within a cache folder; the file need not exist. */
export const minimalFfmpegPath = (cacheDir: string): string =>
  join(cacheDir, 'ffmpeg', readFileSync(VERSION_FILE, 'utf8').trim(), 'ffmpeg');
