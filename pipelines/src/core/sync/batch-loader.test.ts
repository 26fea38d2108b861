// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createBatchLoader } from './batch-loader.ts';

test('what is asked while a request is under way travels in the next one, within the limit', async () => {
  const requests: string[][] = [];
  const load = createBatchLoader(async (keys) => {
    requests.push([...keys]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Map(keys.filter((key) => key !== 'd').map((key) => [key, key.toUpperCase()]));
  }, 3);
  const answers = await Promise.all(['a', 'b', 'b', 'c', 'd', 'e'].map(load));
  expect(answers).toEqual(['A', 'B', 'B', 'C', undefined, 'E']);
  expect(requests).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  expect(await load('f')).toBe('F');
});

test('a request that fails fails those that wait for it, and no others', async () => {
  const load = createBatchLoader<string>(async (keys) => {
    if (keys.includes('bad')) throw new Error('no');
    return new Map(keys.map((key) => [key, key]));
  }, 1);
  const answers = await Promise.allSettled([load('bad'), load('good')]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
