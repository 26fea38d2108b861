// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCsvLabels } from './csv-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function read(content: string | Buffer) {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, content);
  return readCsvLabels(path);
}

describe('readCsvLabels', () => {
  test('takes every other column as a label, by path or by name', () => {
    const labels = read('fold,filename,category\r\n1,a.wav,"rain, heavy"\r\n2,sub/b.wav,dog\r\n3,./c.wav,\r\n');
    expect(labels('a.wav')).toEqual({ fold: '1', category: 'rain, heavy' });
    expect(labels('audio/a.wav')).toEqual({ fold: '1', category: 'rain, heavy' });
    expect(labels('sub/b.wav')).toEqual({ fold: '2', category: 'dog' });
    expect(labels('other/b.wav')).toEqual({});
    expect(labels('c.wav')).toEqual({ fold: '3' });
  });

  test('without a column of that name the first one is the recording', () => {
    expect(read('clip,kind\nx.mp3,bell')('x.mp3')).toEqual({ kind: 'bell' });
  });

  test.each<[string, string | Buffer, string]>([
    ['nothing', '', 'needs two columns'],
    ['one column', 'file\na.wav', 'needs two columns'],
    ['a column twice', 'file,kind,kind\na,b,c', 'names a column twice'],
    ['a recording twice', 'file,kind\na,b\n/a,c', 'has two lines for a'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00]), 'encoded data was not valid'],
  ])('%s is refused', (_what, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  test('a file that is not there is refused by name', () => {
    expect(() => readCsvLabels(join(folder, 'no.csv'))).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
