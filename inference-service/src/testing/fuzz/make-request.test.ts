// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { encodeRequest } from './fuzz-request.ts';
import { makeRequest } from './make-request.ts';

const bytesOf = (seed: number, index: number): string => encodeRequest(makeRequest(seed, index)).toString('base64');

test('a seed and an index always give the same request, other ones another', () => {
  const made = Array.from({ length: 60 }, (_, index) => bytesOf(7, index));
  expect(Array.from({ length: 60 }, (_, index) => bytesOf(7, index))).toEqual(made);
  expect(new Set(made).size).toBeGreaterThan(50);
  expect(bytesOf(8, 0)).not.toBe(made[0]);
});

test('all kinds of hostility come up', () => {
  const kinds = new Set(Array.from({ length: 400 }, (_, index) => makeRequest(1, index).kind));
  expect([...kinds].sort()).toEqual([
    'client leaves',
    'damaged audio',
    'disguise',
    'embed',
    'embeddings',
    'form',
    'good',
    'infer',
    'length lies',
    'odd wav',
    'query and headers',
    'routes',
    'wire',
  ]);
});
