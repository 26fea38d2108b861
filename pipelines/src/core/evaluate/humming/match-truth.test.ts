// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { matchByName, matchByTable, peopleOf } from './match-truth.ts';

const hums = ['anna/00001.wav', 'ben/x/00001.wav', 'ben/00009.mp3'];
const targets = ['songs/00001.mid', '00002.mid'];

test('a hum belongs to the target of the same name in whatever folder; others ask for a song that is not there', () => {
  expect([...matchByName(hums, targets)]).toEqual([
    ['anna/00001.wav', 'songs/00001.mid'],
    ['ben/x/00001.wav', 'songs/00001.mid'],
    ['ben/00009.mp3', undefined],
  ]);
  expect(() => matchByName(hums, [...targets, 'more/00002.wav'])).toThrow(
    'Two targets are called 00002: 00002.mid and more/00002.wav',
  );
});

test('a table says it otherwise, by path, file name or bare name', () => {
  const lines = [
    { hum: 'anna/00001.wav', target: '00002' },
    { hum: '00009', target: 'songs/00001.mid' },
    { hum: './ben/x/00001', target: ' ' },
  ];
  expect([...matchByTable(lines, { hums, targets }).values()]).toEqual(['00002.mid', undefined, 'songs/00001.mid']);
});

test.each([
  ['an unknown hum', { hum: 'clara.wav', target: '00002' }, 'clara.wav, which --hums'],
  ['a name that two hums have', { hum: '00001.wav', target: '00002' }, '00001.wav, which --hums'],
  ['an unknown target', { hum: '00009', target: '00003' }, '00003, which --targets'],
])('%s in the table is refused', (_what, line, message) => {
  expect(() => matchByTable([line], { hums, targets })).toThrow(message);
});

test('folders name people when every hum lies in one and there are several', () => {
  expect(peopleOf(hums)).toEqual(['anna', 'ben/x', 'ben']);
  expect(peopleOf(['a/1.wav', 'a/2.wav'])).toBeUndefined();
  expect(peopleOf(['a/1.wav', 'b/1.wav', '2.wav'])).toBeUndefined();
});
