// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuseByRank } from './fuse-by-rank.ts';
import type { SearchHit } from './search-hit.ts';

const hitsOf = (ids: readonly string[]): SearchHit[] =>
  ids.map((id, i) => ({
    rank: i + 1,
    id,
    score: 1 / (i + 1),
    similarity: 1 / (i + 1),
    title: id,
    uri: `file:///${id}`,
    labels: {},
    tags: {},
    segment: null,
  }));

const ids = fc.uniqueArray(fc.stringMatching(/^[a-f]{1,2}$/), { maxLength: 20 });

test('the score is the sum of weight / (60 + rank), absent lists counting nothing', () => {
  const fused = fuseByRank(
    [
      { space: 'x', hits: hitsOf(['a', 'b']) },
      { space: 'y', weight: 2, hits: hitsOf(['b']) },
    ],
    10,
  );
  expect(fused.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(fused[0]?.score).toBeCloseTo(1 / 62 + 2 / 61, 12);
  expect(fused[0]?.spaces).toEqual({ x: { rank: 2, similarity: 0.5 }, y: { rank: 1, similarity: 1 } });
});

test('ranks run from 1, scores never rise, ties go by id, every id comes once and from some list', () => {
  fc.assert(
    fc.property(ids, ids, fc.integer({ min: 1, max: 30 }), (a, b, k) => {
      const fused = fuseByRank(
        [
          { space: 'x', hits: hitsOf(a) },
          { space: 'y', hits: hitsOf(b) },
        ],
        k,
      );
      expect(fused.map(({ rank }) => rank)).toEqual(fused.map((_, i) => i + 1));
      expect(fused).toHaveLength(Math.min(k, new Set([...a, ...b]).size));
      for (const [i, hit] of fused.entries()) {
        const next = fused[i + 1];
        expect(a.includes(hit.id) || b.includes(hit.id)).toBe(true);
        if (next) expect(hit.score > next.score || (hit.score === next.score && hit.id < next.id)).toBe(true);
      }
    }),
  );
});

test('the order of the lists does not matter, and one list keeps its order', () => {
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const x = { space: 'x', hits: hitsOf(a) };
      const y = { space: 'y', hits: hitsOf(b) };
      const order = (lists: Parameters<typeof fuseByRank>[0]): string[] => fuseByRank(lists, 50).map(({ id }) => id);
      expect(order([x, y])).toEqual(order([y, x]));
      expect(order([x])).toEqual(a);
    }),
  );
});
