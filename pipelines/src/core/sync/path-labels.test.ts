// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createPathLabels } from './path-labels.ts';

test('without a template the folder is the label', () => {
  const labels = createPathLabels(undefined);
  expect(labels('folk/anna/tune.mp3')).toEqual({ folder: 'folk/anna' });
  expect(labels('tune.mp3')).toEqual({});
});

test('a template names the parts of a path', () => {
  const labels = createPathLabels('{genre}/{artist}/{nr} - {title}');
  expect(labels('folk/Anna (live)/01 - A Tune v1.2.mp3')).toEqual({
    genre: 'folk',
    artist: 'Anna (live)',
    nr: '01',
    title: 'A Tune v1.2',
  });
  expect(labels('folk/elsewhere.mp3')).toEqual({ folder: 'folk' });
});

test('signs of a template mean themselves', () => {
  expect(createPathLabels('(x)+{a}')('(x)+y.wav')).toEqual({ a: 'y' });
});

test('a template that names nothing, or a part twice, is refused', () => {
  expect(() => createPathLabels('music/')).toThrow(/must name/);
  expect(() => createPathLabels('{a}/{a}')).toThrow(/must name/);
});
