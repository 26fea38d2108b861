// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir, runEarshot, startInferenceService } from '@earshot/e2e/support';
import { narrowLayout, narrowTensors, writeTensors } from '@earshot/models/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const RATE_HZ = 32_000;
const dir = makeTempDir('quantise');
const modelsDir = join(dir, 'models');
const varied = join(dir, 'varied');
const alike = join(dir, 'alike');

/** Mono 16-bit wav at the rate of the space, so that nothing needs to be resampled. */
function writeWav(path: string, sound: (n: number) => number): void {
  const samples = 0.4 * RATE_HZ;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write('WAVEfmt ', 8);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    wav.writeUInt16LE(value, at);
  for (const [value, at] of [
    [16, 16],
    [RATE_HZ, 24],
    [2 * RATE_HZ, 28],
    [2 * samples, 40],
  ] as const)
    wav.writeUInt32LE(value, at);
  wav.write('data', 36);
  for (let n = 0; n < samples; n++) wav.writeInt16LE(Math.round(32_000 * sound(n)), 44 + 2 * n);
  writeFileSync(path, wav);
}

function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Tones, pulses and noise bursts of all kinds, in folders of those names. */
function writeVaried(count: number): void {
  for (let i = 0; i < count; i++) {
    const kind = ['tones', 'pulses', 'bursts'][i % 3] as string;
    mkdirSync(join(varied, kind), { recursive: true });
    const noise = createNoise(i);
    const hz = 120 * 1.1 ** i;
    const sounds: Record<string, (n: number) => number> = {
      tones: (n) => 0.4 * Math.sin((2 * Math.PI * hz * n) / RATE_HZ) + (0.002 * i * noise()) / 2,
      pulses: (n) => (n % Math.round(RATE_HZ / (3 + i)) < 40 + 3 * i ? 0.7 : 0.001 * noise()),
      bursts: (n) => 0.5 * noise() * Math.abs(Math.sin((Math.PI * (2 + i) * n) / RATE_HZ)) ** (1 + i / 5),
    };
    writeWav(join(varied, kind, `${i}.wav`), sounds[kind]!);
  }
}

const quantise = (id: string, folder: string, ...more: string[]): ReturnType<typeof runEarshot> =>
  runEarshot(['models', 'quantise', id, '--calibration', folder, ...more], { env: { EARSHOT_MODELS_DIR: modelsDir } });

beforeAll(async () => {
  writeTensors(join(dir, 'narrow.pth'), narrowTensors(narrowLayout('panns-cnn6')), 'zip');
  const add = ['models', 'add', 'panns-cnn6', '--checkpoint', join(dir, 'narrow.pth'), '--accept-unverified'];
  expect((await runEarshot(add, { env: { EARSHOT_MODELS_DIR: modelsDir } })).code).toBe(0);
  writeVaried(48);
  copyFileSync(join(varied, 'tones', '0.wav'), join(varied, 'tones', 'copy.wav'));
  writeFileSync(join(varied, 'notes.txt'), 'Recorded on a Tuesday.');
  writeWav(join(varied, 'silence.wav'), () => 0);
  mkdirSync(alike);
  for (let i = 0; i < 46; i++) writeWav(join(alike, `${i}.wav`), createNoise(1000 + i));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const codeOf = (json: unknown): string => (json as { error: { code: string } }).error.code;

describe('earshot models quantise', () => {
  test('makes the next version, says what is lost, and finds it done the next time', async () => {
    const first = await quantise('spectral-1', varied, '--json');
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.json).toMatchObject({
      event: 'quantised',
      space: 'spectral-2',
      isNew: true,
      report: {
        calibration: { recordings: 16 },
        // The copy is not judged, for it would find its original.
        judged: { recordings: 32, labels: { count: 3 }, speed: { timesFp32: expect.any(Number) }, objections: [] },
        skipped: expect.arrayContaining([
          { name: 'notes.txt', code: 'not_audio' },
          { name: 'silence.wav', code: 'silent_audio' },
        ]),
      },
    });
    const { report } = first.json as { report: object };
    expect(JSON.parse(readFileSync(join(modelsDir, 'spectral-2.report.json'), 'utf8'))).toEqual(report);

    const second = await quantise('spectral-1', varied);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('spectral-2  was here already, nothing changed');
    expect(second.stdout).toMatch(/recall@10 {2}[01]\.\d{4} of the neighbours in spectral-1/);
    expect(second.stdout).toContain('silence.wav: silent_audio');
  });

  test('stores no space that finds other neighbours, unless that is accepted', async () => {
    const before = readdirSync(modelsDir);
    const refused = await quantise('panns-cnn6-1', alike, '--json');
    expect(refused.code).toBe(4);
    expect(codeOf(refused.json)).toBe('QUANTISED_TOO_DIFFERENT');
    expect(refused.events.at(-2)).toMatchObject({
      fingerprint: null,
      report: { judged: { objections: [expect.stringContaining('recall@10 is 0.')], labels: null } },
    });
    expect(readdirSync(modelsDir)).toEqual(before);

    const accepted = await quantise('panns-cnn6-1', alike, '--accept-loss', '--weight-bits', '7', '--json');
    expect(accepted.json).toMatchObject({ space: 'panns-cnn6-2', isNew: true, report: { layers: 5, weightBits: 7 } });
    const again = await quantise('panns-cnn6-2', alike, '--json');
    expect([again.code, codeOf(again.json)]).toEqual([2, 'ALREADY_QUANTISED']);
  });

  test('makes spaces that the service takes', async () => {
    const env = { EARSHOT_MODELS_DIR: modelsDir };
    expect((await runEarshot(['models', 'show', 'panns-cnn6-2'], { env })).stdout).toContain('from panns-cnn6-1');
    const service = await startInferenceService({ env: { ...env, EARSHOT_EP: 'cpu' } });
    try {
      const vector = async (space: string): Promise<number[]> => {
        const answer = await fetch(`${service.url}/v1/audio/embeddings?model=${space}`, {
          method: 'POST',
          body: readFileSync(join(varied, 'tones', '9.wav')),
        });
        expect(answer.status, await answer.clone().text()).toBe(200);
        return ((await answer.json()) as { embedding: number[] }).embedding;
      };
      const [original, narrow] = [await vector('panns-cnn6-1'), await vector('panns-cnn6-2')];
      const product = original.reduce((sum, value, i) => sum + value * narrow[i]!, 0);
      expect(product / Math.hypot(...original) / Math.hypot(...narrow)).toBeGreaterThan(0.95);
    } finally {
      await service.stop();
    }
  });

  test('names what it cannot work with', async () => {
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    const cases: [number, string, ...Parameters<typeof quantise>][] = [
      [2, 'CALIBRATION_UNUSABLE', 'spectral-1', empty],
      [2, 'CALIBRATION_UNUSABLE', 'spectral-1', join(dir, 'missing')],
      [2, 'SPACE_UNKNOWN', 'spectral-99', varied],
      [2, 'USAGE', 'spectral-1', varied, '--weight-bits', '9'],
    ];
    for (const [status, name, id, folder, ...more] of cases) {
      const { code, json } = await quantise(id, folder, ...more, '--json');
      expect([code, codeOf(json)]).toEqual([status, name]);
    }
    writeFileSync(join(empty, 'broken.wav'), 'RIFF');
    for (let i = 0; i < 3; i++) copyFileSync(join(varied, 'pulses', `${3 * i + 1}.wav`), join(empty, `${i}.wav`));
    const few = await quantise('spectral-1', empty);
    expect(few.code).toBe(4);
    expect(few.stderr).toContain('2 recordings are left to judge by, at least 30 are needed');
  });
});
