// SPDX-License-Identifier: Apache-2.0
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListEvent } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import { compareBytes } from '../byte-order.ts';
import { type Joined, mergeJoin } from './merge-join.ts';

async function* listing(keys: readonly string[], complete = true): AsyncGenerator<ListEvent> {
  for (const key of keys) yield { type: 'entry', entry: { key, size: 1 } };
  yield { type: 'end', complete, sorted: true, pages: 1, count: keys.length };
}

async function* documents(keys: readonly string[]): AsyncGenerator<StoredDocument> {
  for (const key of keys) yield { id: `id of ${key}`, key };
}

async function join(listed: AsyncIterable<ListEvent>, ...stored: readonly (readonly string[])[]): Promise<Joined[]> {
  return Array.fromAsync(mergeJoin(listed, stored.map(documents)));
}

const keyOf = (event: Joined): string => {
  if (event.kind === 'listed') return event.entry.key;
  return event.kind === 'gone' ? event.stored.key : '';
};

const keysArbitrary = fc
  .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }), { maxLength: 20 })
  .map((keys) => keys.sort(compareBytes));

test('every listed key meets its stored document, and every other stored document is gone', async () => {
  await fc.assert(
    fc.asyncProperty(keysArbitrary, keysArbitrary, keysArbitrary, async (listed, first, second) => {
      const events = await join(listing(listed), first, second);
      const met = events.filter((event) => event.kind === 'listed');
      expect(met.map(({ entry }) => entry.key)).toEqual(listed);
      for (const { entry, stored } of met)
        expect(stored.map((one) => one?.key)).toEqual(
          [first, second].map((keys) => (keys.includes(entry.key) ? entry.key : undefined)),
        );
      const gone = events.filter((event) => event.kind === 'gone').map(({ index, stored }) => `${index} ${stored.key}`);
      const expected = [first, second].flatMap((keys, i) =>
        keys.filter((key) => !listed.includes(key)).map((key) => `${i} ${key}`),
      );
      expect(gone.sort()).toEqual(expected.sort());
    }),
  );
});

/** The same values, but each comes after as many turns of the event loop as `turns` says. */
async function* late<T>(values: AsyncIterable<T>, turns: readonly number[]): AsyncGenerator<T> {
  let i = 0;
  for await (const value of values) {
    for (let turn = turns[i++ % Math.max(1, turns.length)] ?? 0; turn > 0; turn--) await tick();
    yield value;
  }
}

const turnsArbitrary = fc.array(fc.nat(2), { maxLength: 5 });

test('whichever side is slow, and wherever the listing breaks off, nothing listed is called gone and nothing gone is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      keysArbitrary,
      keysArbitrary,
      fc.tuple(turnsArbitrary, turnsArbitrary),
      fc.option(fc.nat(20), { nil: undefined }),
      async (all, stored, [slowListing, slowIndex], cut) => {
        const listed = all.slice(0, cut);
        const isComplete = cut === undefined;
        const joined = mergeJoin(late(listing(listed, isComplete), slowListing), [late(documents(stored), slowIndex)]);
        const events = await Array.fromAsync(joined);
        expect(events.at(-1)?.kind).toBe('end');
        const keys = events.flatMap((event) => (event.kind === 'end' ? [] : [keyOf(event)]));
        expect(keys).toEqual([...keys].sort(compareBytes));
        const last = listed.at(-1);
        const isPassed = (key: string): boolean => isComplete || (last !== undefined && compareBytes(key, last) < 0);
        const gone = events.filter(({ kind }) => kind === 'gone').map(keyOf);
        expect(gone).toEqual(stored.filter((key) => !listed.includes(key) && isPassed(key)));
      },
    ),
    { numRuns: 100 },
  );
});

test('behind the last key of an incomplete listing nothing is called gone', async () => {
  const events = await join(listing(['b'], false), ['a', 'b', 'c']);
  expect(events.filter(({ kind }) => kind === 'gone')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ kind: 'end', end: { complete: false } });
});

test('a listing without an end is incomplete', async () => {
  async function* cut(): AsyncGenerator<ListEvent> {
    yield { type: 'entry', entry: { key: 'a', size: 1 } };
  }
  expect((await join(cut(), ['b'])).at(-1)).toMatchObject({ kind: 'end', end: { complete: false } });
});
