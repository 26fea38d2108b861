// SPDX-License-Identifier: Apache-2.0

/**
 * One recording stored at many rates in many codecs: how near the vectors stay, in every space that is served.
 * `npm run bench -- sample-rate [recording…]` (default: clips of the built-in library; EARSHOT_MODELS_DIR adds spaces).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { demoRecording, markdownTable } from '@earshot/e2e/support';
import { noEncoder } from '../src/decode/testing/encode-fixture.ts';
import {
  cutToNarrowBand,
  measureMistaken,
  measureStored,
  STORED_CODECS,
  STORED_RATES,
} from '../src/testing/rate-matrix.ts';
import { spawnService } from '../src/testing/spawn-service.ts';

const CLIPS = ['greensleeves-organ-06', 'auld-lang-syne-brass-05', 'amazing-grace-drum-kit-09'];

const dir = mkdtempSync(join(tmpdir(), 'earshot-bench-rate-'));

function recordings(): string[] {
  const given = process.argv.slice(2);
  if (given.length > 0) return given;
  return CLIPS.map((name) => {
    const path = join(dir, `${name}.wav`);
    writeFileSync(path, demoRecording(name));
    return path;
  });
}

async function measure(): Promise<void> {
  const { EARSHOT_MODELS_DIR: modelsDir = dir } = process.env;
  const service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir });
  try {
    await service.waitUntilReady();
    const { spaces } = await service.info();
    for (const { id: space } of spaces.filter(({ has_track_vector }) => has_track_vector))
      for (const recording of recordings()) {
        const stage = { url: service.url, space, recording, dir };
        const stored = await measureStored(stage);
        const rows = STORED_RATES.map((rate) => [
          `${rate / 1000} kHz`,
          ...STORED_CODECS.map(
            (codec) => stored.find((one) => one.rateHz === rate && one.codec === codec)?.cosine.toFixed(3) ?? '',
          ),
        ]);
        const mistaken = await measureMistaken(stage);
        const narrow = await measureStored({ ...stage, recording: await cutToNarrowBand(stage) });
        const least = Math.min(...narrow.map(({ cosine }) => cosine));
        console.log(`${space}, ${basename(recording)}: cosine to the vector of the recording itself\n`);
        console.log(markdownTable(['stored at', ...STORED_CODECS], rows));
        console.log(`\n44.1 kHz passed as 32 kHz: ${mistaken.toFixed(3)}`);
        console.log(`With nothing above 4 kHz in it, at every rate and in every codec at least ${least.toFixed(3)}\n`);
      }
  } finally {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

if (noEncoder) console.log(`skipped: ${noEncoder}`);
else await measure();
