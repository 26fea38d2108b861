// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseRecordings } from './choose-recordings.ts';
import { createWindowSource } from './window-source.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-recordings-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('chooseRecordings', () => {
  const folder = join(dir, 'library');
  mkdirSync(join(folder, 'rain', 'night'), { recursive: true });
  const files = ['a.wav', 'rain/b.wav', 'rain/night/c.wav', 'rain/same.wav', '.hidden'];
  for (const name of files) writeFileSync(join(folder, name), name.includes('same') ? 'rain/b.wav' : name);
  symlinkSync(join(folder, 'a.wav'), join(folder, 'link.wav'));

  test('takes each content once, in an order that has nothing to do with names, labelled by its first folder', async () => {
    const found = await chooseRecordings(folder, 100);
    expect(found.map(({ name }) => name).sort()).toHaveLength(3);
    expect(new Set(found.map(({ sha256 }) => sha256)).size).toBe(3);
    expect(Object.fromEntries(found.map(({ name, label }) => [name, label]))).toMatchObject({
      'a.wav': undefined,
      'rain/night/c.wav': 'rain',
    });
    expect(await chooseRecordings(folder, 100)).toEqual(found);
    expect((await chooseRecordings(folder, 2)).length).toBeLessThan(3);
  });

  test('names a folder that is none', async () => {
    const error = { code: 'CALIBRATION_UNUSABLE', message: expect.stringContaining('a.wav') };
    await expect(chooseRecordings(join(folder, 'a.wav'), 5)).rejects.toMatchObject(error);
  });
});

describe('createWindowSource', () => {
  const input = {
    ...{ tensor: 'waveform', sampleRateHz: 8000, windowSamples: 4, hopSamples: 4, minSamples: 1 },
    padding: 'zero',
  } as const;
  const source = (program: string) => {
    const path = join(dir, `${Math.abs(program.length)}.mjs`);
    writeFileSync(path, program);
    return createWindowSource({ program: path, input, maxSeconds: 60 });
  };

  test('reads windows and refusals by turns, in pieces of any size', async () => {
    const windows = source(`
      import { createInterface } from 'node:readline';
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      for await (const line of createInterface({ input: process.stdin })) {
        const path = JSON.parse(line);
        if (path === 'bad') { console.log(JSON.stringify({ path, code: 'not_audio', message: 'no' })); continue; }
        const bytes = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer);
        process.stdout.write(JSON.stringify({ path, windows: 2, samples: 8 }) + '\\n');
        for (let at = 0; at < bytes.length; at += 5) { process.stdout.write(bytes.subarray(at, at + 5)); await sleep(1); }
      }`);
    try {
      const expected = { windows: [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)] };
      expect(await windows.cut('one')).toEqual(expected);
      expect(await windows.cut('bad')).toEqual({ code: 'not_audio', message: 'no' });
      expect(await windows.cut('two')).toEqual(expected);
    } finally {
      windows.close();
    }
  });

  test('tells why there is no decoder', async () => {
    const windows = source("process.stderr.write('No ffmpeg was found.'); process.exitCode = 5;");
    const error = { code: 'DECODER_MISSING', message: expect.stringContaining('No ffmpeg was found.') };
    await expect(windows.cut('one')).rejects.toMatchObject(error);
    windows.close();
  });
});
