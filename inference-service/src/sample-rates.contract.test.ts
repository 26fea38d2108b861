// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoRecording, REPOSITORY_ROOT } from '@earshot/e2e/support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noEncoder } from './decode/testing/encode-fixture.ts';
import { cutToNarrowBand, measureMistaken, measureStored, type StoredCosine } from './testing/rate-matrix.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';

const REAL = join(
  process.env.EARSHOT_SHARED_DATA ?? join(REPOSITORY_ROOT, '../shared/data'),
  'esc-10/rooster/1-26806-A.ogg',
);
const noReal = noEncoder ?? (existsSync(REAL) ? undefined : `no ${REAL}`);

/**
 * spectral-1 hears 64 bands up to 14 kHz. A file at 8 kHz holds nothing of the upper 22 of them, at 16 kHz of 10, at
 * 22.05 kHz of 4: that is lost, whoever decodes. From 32 kHz on all are there, and only the codec is left.
 */
const LEAST: Readonly<Record<number, number>> = {
  8000: 0.65,
  16000: 0.85,
  22050: 0.93,
  32000: 0.99,
  44100: 0.99,
  48000: 0.99,
};

const tooFar = (stored: readonly StoredCosine[], least: (rateHz: number) => number): readonly StoredCosine[] =>
  stored.filter(({ rateHz, cosine }) => !(cosine >= least(rateHz)));

describe.skipIf(noEncoder)(`one recording at many rates${noEncoder ? ` (skipped: ${noEncoder})` : ''}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-rates-'));
  const recording = join(dir, 'brass.wav');
  let service: SpawnedService;
  const stage = (path: string) => ({ url: service.url, space: 'spectral-1', recording: path, dir });

  beforeAll(async () => {
    writeFileSync(recording, demoRecording('auld-lang-syne-brass-05'));
    service = await spawnService({ EARSHOT_MODELS_DIR: dir });
    await service.waitUntilReady();
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('stored at six rates in five codecs it keeps its vector, as far as its rate holds what the space hears', async () => {
    const stored = await measureStored(stage(recording));
    expect(stored).toHaveLength(30);
    expect(tooFar(stored, (rateHz) => LEAST[rateHz] ?? 1)).toEqual([]);
    const mistaken = await measureMistaken(stage(recording));
    expect(mistaken).toBeLessThan(0.9);
    expect(mistaken).toBeLessThan(
      Math.min(...stored.filter(({ rateHz }) => rateHz > 16_000).map(({ cosine }) => cosine)),
    );
  });

  test('with nothing above 4 kHz the rate makes no difference: the rest was the band, not the path', async () => {
    const narrow = await cutToNarrowBand(stage(recording));
    expect(tooFar(await measureStored(stage(narrow), ['wav', 'mp3']), () => 0.97)).toEqual([]);
  });

  test.skipIf(noReal)(`so does a real recording${noReal ? ` (skipped: ${noReal})` : ''}`, async () => {
    const stored = await measureStored(stage(REAL), ['ogg']);
    expect(tooFar(stored, (rateHz) => LEAST[rateHz] ?? 1)).toEqual([]);
    expect(await measureMistaken(stage(REAL))).toBeLessThan(0.8);
  });
});
