// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { documentId } from './document-id.ts';
import { idRangeOf, isInRange, parseShard } from './shard.ts';

const ids = Array.from({ length: 20_000 }, (_, i) => documentId('default', `folder/track ${i}.wav`));

test.each([1, 2, 3, 7, 64])('%i shards have every id once, in about equal shares', (count) => {
  const ranges = Array.from({ length: count }, (_, i) => idRangeOf({ index: i + 1, count }));
  const shares = ranges.map((range) => ids.filter((id) => isInRange(range, id)).length);
  expect(shares.reduce((sum, share) => sum + share)).toBe(ids.length);
  const mean = ids.length / count;
  for (const share of shares) expect(Math.abs(share - mean)).toBeLessThan(6 * Math.sqrt(mean) + 1);
});

test('the bounds of neighbours meet, and the ends are open', () => {
  expect(idRangeOf({ index: 1, count: 1 })).toEqual({});
  const [first, second, third] = [1, 2, 3].map((index) => idRangeOf({ index, count: 3 }));
  expect(first).toEqual({ before: second?.from });
  expect(third).toEqual({ from: second?.before });
});

test('a shard is written as part/parts', () => {
  expect(parseShard('2/8')).toEqual({ index: 2, count: 8 });
  for (const wrong of ['0/8', '9/8', '1', '1/0', 'a/b', '1/2000', '-1/2', '1/2/3'])
    expect(parseShard(wrong)).toBe(undefined);
});
