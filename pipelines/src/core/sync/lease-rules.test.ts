// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeaseDocument } from '../../ports/sync-lease.ts';
import { changeHolder, holdersInTheWay, leaseHeld, takeLease } from './lease-rules.ts';
import type { Shard } from './shard.ts';

const base = { library: 'audio', source: 'default', source_root: '/music', space: { id: 'spectral-1' } };
const WHOLE = { index: 1, count: 1 };

function take(found: LeaseDocument | undefined, wanted: Shard, owner: string): LeaseDocument {
  const holder = { owner, run_id: `run of ${owner}`, ttl_ms: 60_000, renewed_at: '2026-01-01T00:00:00.000Z' };
  return takeLease(found, { base, wanted, holder });
}
const owners = (document: LeaseDocument | undefined, wanted: Shard): string[] =>
  holdersInTheWay(document, wanted).map(({ owner }) => owner);

test('shards of one division do not meet; the same shard, the whole and other divisions do', () => {
  const one = take(undefined, { index: 1, count: 4 }, 'a');
  const two = take(one, { index: 2, count: 4 }, 'b');
  expect(owners(two, { index: 3, count: 4 })).toEqual([]);
  expect(owners(two, { index: 2, count: 4 })).toEqual(['b']);
  expect(owners(two, WHOLE)).toEqual(['a', 'b']);
  expect(owners(two, { index: 1, count: 2 })).toEqual(['a', 'b']);
  expect(owners(take(undefined, WHOLE, 'c'), { index: 1, count: 4 })).toEqual(['c']);
});

test('the message says who has what and why it is in the way', () => {
  const held = take(undefined, { index: 1, count: 4 }, 'a');
  const [holder] = held.holders;
  expect(leaseHeld(held, holder!, WHOLE).message).toContain('holds the lease for shard 1/4 of source default');
  expect(leaseHeld(held, holder!, WHOLE).message).toContain('this run wants all');
  expect(leaseHeld(held, holder!, { index: 1, count: 4 }).message).not.toContain('wants');
});

test('whoever is pushed out no longer renews; the last one to leave releases the lease', () => {
  const first = take(undefined, WHOLE, 'a');
  const second = take(first, WHOLE, 'b');
  expect(changeHolder(second, 'a', (holder) => holder)).toBe(undefined);
  const released = changeHolder(second, 'b', () => undefined);
  expect(released).toMatchObject({ state: 'released', holders: [], run_seq: 2 });
});

test('whatever is taken and released, numbers only rise and no two holders ever overlap', () => {
  const step = fc.record({ count: fc.integer({ min: 1, max: 4 }), index: fc.nat(3), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let document: LeaseDocument | undefined;
      let last = 0;
      for (const [i, { count, index, leaves }] of steps.entries()) {
        const first = document?.holders[0];
        if (leaves && document && first) document = changeHolder(document, first.owner, () => undefined);
        document = take(document, { index: (index % count) + 1, count }, `owner ${i}`);
        expect(document.run_seq).toBeGreaterThan(last);
        last = document.run_seq;
        const shards = document.holders.map(({ shard }) => shard);
        expect(new Set(shards).size).toBe(shards.length);
        expect(Math.max(...shards)).toBeLessThanOrEqual(document.shards);
      }
    }),
  );
});
