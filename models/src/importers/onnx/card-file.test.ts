// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { framesOf } from '../../build/front-end/log-mel-settings.ts';
import { logMelSettings, readCardFile } from './card-file.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../docs/operators/cards', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'earshot-card-file-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'mine.json');

const MEL = {
  ...{ kind: 'log-mel', axes: 'batch,mels,frames', fftSize: 512, frameHopSamples: 160, framing: 'reflect' },
  ...{
    window: 'hann',
    spectrum: 'power',
    mels: { bands: 64, scale: 'htk', norm: 'none' },
    log: { kind: 'ln', offset: 1 },
  },
};
const CARD = {
  ...{ model: 'mine', title: 'Mine', dims: 8, sampleRateHz: 16_000, windowSamples: 16_000, input: MEL },
  licence: { spdx: 'MIT', attribution: 'me', source: 'here' },
};

function read(change: object): ReturnType<typeof readCardFile> {
  writeFileSync(path, JSON.stringify({ ...CARD, ...change }));
  return readCardFile(path);
}

describe('readCardFile', () => {
  test('fills in what need not be written', () => {
    const card = read({});
    expect(card).toMatchObject({
      similarity: 'cosine',
      padding: 'repeat',
      pooling: 'mean',
      output: { normalise: false },
    });
    expect(logMelSettings(card)).toMatchObject({
      frameSamples: 512,
      mels: { minHz: 0, maxHz: 8000, triangles: 'hz' },
      gain: 1,
    });
    expect(logMelSettings(read({ input: { kind: 'waveform' } }))).toBeUndefined();
  });

  test.each(readdirSync(EXAMPLES))('takes the example %s', (name) => {
    expect(readCardFile(join(EXAMPLES, name)).model).toBe(name.replace('.json', ''));
  });

  test('the examples give the frames that their networks were trained on', () => {
    const frames = (name: string): number => {
      const card = readCardFile(join(EXAMPLES, name));
      return framesOf(card.windowSamples, logMelSettings(card)!);
    };
    expect([frames('efficientat-mn10.json'), frames('ced-mini.json')]).toEqual([1000, 1001]);
  });

  test.each([
    [{ dims: 0 }, 'dims'],
    [{ dimensions: 3 }, 'dimensions'],
    [{ model: '../up' }, 'lower-case words'],
    [{ licence: undefined }, 'licence'],
    [{ input: { ...MEL, fftSize: 2 ** 20 } }, 'input.fftSize'],
    [{ input: { ...MEL, log: { kind: 'ln' } } }, 'neither floor nor offset'],
    [{ input: { ...MEL, frameSamples: 600 } }, 'more than fftSize'],
    [{ input: { ...MEL, mels: { ...MEL.mels, maxHz: 9000 } } }, 'above half the sample rate'],
    [{ input: { ...MEL, mels: { ...MEL.mels, minHz: 8000 } } }, 'not below maxHz'],
    [{ input: { ...MEL, mean: [1, 2] } }, 'input.mean needs one number'],
    [{ input: { ...MEL, frames: 102 } }, 'a window gives 101'],
    [{ windowSamples: 200 }, '257 are needed'],
    [{ hopSamples: 16_001 }, 'leaves gaps'],
    [{ minSamples: 16_001 }, 'more than a window'],
  ])('refuses %j', (change, words) => {
    expect(() => read(change)).toThrow(expect.objectContaining({ code: 'CARD_DRAFT_INVALID' }));
    expect(() => read(change)).toThrow(words);
    expect(() => read(change)).toThrow('mine.json');
  });

  test('refuses what is no JSON, and what is not there', () => {
    writeFileSync(path, '{"model": ');
    expect(() => readCardFile(path)).toThrow('mine.json cannot be read as a card');
    expect(() => readCardFile(join(dir, 'none.json'))).toThrow('none.json cannot be read as a card');
  });
});
