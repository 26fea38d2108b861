// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir, startInferenceService } from '@earshot/e2e/support';
import { beforeAll, describe, expect, test } from 'vitest';
import { followEarshot } from '../../testing/follow-earshot.ts';
import { makeFitLibrary, wav } from '../../testing/make-fit-library.ts';
import { type EndedEarshot, spawnEarshot } from '../../testing/spawn-earshot.ts';

const MOST_MS = 120_000;
const CACHE = process.env.EARSHOT_CACHE_DIR ? { EARSHOT_CACHE_DIR: process.env.EARSHOT_CACHE_DIR } : {};
let library: string;
let modelsDir: string;

const fit = (args: readonly string[], models = modelsDir): Promise<EndedEarshot> =>
  spawnEarshot(['models', 'fit', 'spectral', ...args], { ...CACHE, EARSHOT_MODELS_DIR: models }).ended;

const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '');

describe('earshot models fit spectral', () => {
  beforeAll(() => {
    library = makeFitLibrary();
    modelsDir = join(makeTempDir('fit-models'), 'models');
  });

  describe('on a folder of recordings', () => {
    let made: EndedEarshot;

    beforeAll(async () => {
      made = await fit(['--dir', library, '--clips', '200']);
    }, MOST_MS);

    test('makes a new version with a report that says whether to switch', () => {
      expect(made.code, made.stderr).toBe(3);
      expect(made.stderr).toContain('noise/broken.wav');
      expect(made.stdout).toMatch(
        /^# spectral-2 beside spectral-1\n\n\*\*(Worth switching|No measurable gain|Worse|Mixed): mAP of equal labels/,
      );
      expect(made.stdout).toContain('left out 1 could not be read, 1 silent, 1 copies');
      expect(made.stdout).toContain('EARSHOT_SPACE=spectral-2');
      expect(readdirSync(modelsDir).sort()).toEqual([
        'spectral-2.json',
        'spectral-2.onnx',
        'spectral-2.report.json',
        'spectral-2.report.md',
      ]);
      const report = JSON.parse(readFileSync(join(modelsDir, 'spectral-2.report.json'), 'utf8'));
      expect(report).toMatchObject({
        space: 'spectral-2',
        base: 'spectral-1',
        fit: { library: expect.stringContaining('fit-library'), recordings: 20, clips: 20, weight: 0.17, seed: 1 },
        judged: { recordings: 10 },
        judgement: { sameRecording: { recordings: 10 }, sameLabel: { recordings: 10, labels: 2 } },
      });
    });

    test('gives a space that verify and service accept, beside the shipped one', async () => {
      const verified = await spawnEarshot(['models', 'verify', 'spectral-2'], { EARSHOT_MODELS_DIR: modelsDir }).ended;
      expect(verified.code, verified.stdout).toBe(0);
      const shown = await spawnEarshot(['models', 'show', 'spectral-2'], { EARSHOT_MODELS_DIR: modelsDir }).ended;
      expect(shown.stdout).toMatch(/20 clips of 20 recordings of .*fit-library/);
      const service = await startInferenceService({
        env: { ...CACHE, EARSHOT_MODELS_DIR: modelsDir, EARSHOT_EP: 'cpu' },
      });
      try {
        const { spaces } = (await (await fetch(`${service.url}/info`)).json()) as { spaces: { id: string }[] };
        expect(spaces.map(({ id }) => id)).toEqual(expect.arrayContaining(['spectral-1', 'spectral-2']));
      } finally {
        await service.stop();
      }
    });

    test('finds nothing new when the same recordings are fitted to again, as a library this time', {
      timeout: MOST_MS,
    }, async () => {
      const config = join(makeTempDir('fit-config'), 'earshot.yaml');
      writeFileSync(
        config,
        `sources:\n  mine: { location: ${library}, library: mine, sidecars: true }\n  theirs: { location: /nowhere, library: theirs }\n`,
      );
      const before = readFileSync(join(modelsDir, 'spectral-2.json'), 'utf8');
      const args = ['--library', 'mine', '--label-field', 'day', '--clips', '200'];
      const again = await fit(['--config', config, ...args, '--json']);
      expect(lastLine(again.stdout)).toMatchObject({
        event: 'fitted',
        space: 'spectral-2',
        isNew: false,
        isWritten: false,
        report: { judgement: { sameLabel: { recordings: 10, labels: 2 } } },
      });
      expect(again.code).toBe(3);
      expect(readFileSync(join(modelsDir, 'spectral-2.json'), 'utf8')).toBe(before);
      const unknown = await fit(['--config', config, '--library', 'other']);
      expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('mine, theirs')]);
    });
  });

  test('says how many recordings there are, and how many it takes', { timeout: MOST_MS }, async () => {
    const few = makeTempDir('fit-few');
    const none = join(makeTempDir('fit-none'), 'models');
    writeFileSync(
      join(few, 'tone.wav'),
      wav((t) => Math.sin(2 * Math.PI * 300 * t), 3),
    );
    writeFileSync(
      join(few, 'silence.wav'),
      wav(() => 0, 3),
    );
    writeFileSync(join(few, 'broken.wav'), 'RIFF');
    const refused = await fit(['--dir', few, '--json'], none);
    expect(refused.code).toBe(4);
    expect(lastLine(refused.stdout).error).toMatchObject({
      code: 'FIT_TOO_FEW_RECORDINGS',
      message: expect.stringMatching(
        /^1 usable recordings are too few: a fit needs 30.* \(besides 1 could not be read, 1 silent\)$/,
      ),
    });
    expect(existsSync(none)).toBe(false);
  });

  test('leaves nothing behind when it is interrupted', { timeout: MOST_MS }, async () => {
    const none = join(makeTempDir('fit-interrupted'), 'models');
    const temporary = makeTempDir('fit-tmp');
    const env = { ...CACHE, EARSHOT_MODELS_DIR: none, TMPDIR: temporary };
    const running = followEarshot(['models', 'fit', 'spectral', '--dir', library], env);
    await running.event(({ event }) => event === 'sampled');
    running.send('SIGINT');
    expect(await running.ended).toBe(130);
    expect(running.events.at(-1)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    expect(existsSync(none)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('takes settings that make no sense as mistakes', async () => {
    expect((await fit(['--dir', library, '--weight', '1'])).code).toBe(2);
    const missing = await fit(['--dir', join(library, 'not-there')]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('SOURCE_UNREADABLE')]);
    expect((await fit([])).stderr).toContain('--dir');
  });
});
