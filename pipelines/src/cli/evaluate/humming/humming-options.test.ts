// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHummingOptions } from './humming-options.ts';

const given = { hums: 'hums', targets: 'songs' };

function truthFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'truth-')), 'truth.csv');
  writeFileSync(path, text);
  return path;
}

test('two folders are enough; no distractors, from start and anywhere, names decide what is meant', () => {
  expect(readHummingOptions(given)).toEqual({
    hums: 'hums',
    targets: 'songs',
    truth: undefined,
    distractors: 0,
    scopes: ['start', 'anywhere'],
    seed: 1,
    report: undefined,
  });
});

test('a table names hums and targets', () => {
  const truth = truthFile('target,hum,remark\nsong.mid,"a,b.wav",x\n,c.wav,\n');
  expect(readHummingOptions({ ...given, truth, from: 'start', distractors: '20' })).toMatchObject({
    truth: [
      { hum: 'a,b.wav', target: 'song.mid' },
      { hum: 'c.wav', target: '' },
    ],
    scopes: ['start'],
    distractors: 20,
  });
});

test.each([
  ['no hums', { targets: 'songs' }, 'hums are: --hums'],
  ['no targets', { hums: 'hums' }, 'songs are: --targets'],
  ['half a melody', { ...given, distractors: '0.5' }, '--distractors takes a whole number'],
  ['another place', { ...given, from: 'end' }, '--from takes start, anywhere or both, not end'],
  ['a report of another kind', { ...given, report: 'x.pdf' }, 'must end in .html or .md'],
  ['a table that is not there', { ...given, truth: '/nowhere.csv' }, '--truth /nowhere.csv: ENOENT'],
  ['a table of something else', { ...given, truth: truthFile('a,b\n1,2\n') }, 'columns a, b, not hum and target'],
])('%s is refused', (_what, options, message) => {
  expect(() => readHummingOptions(options)).toThrow(message);
});
