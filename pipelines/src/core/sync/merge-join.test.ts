// SPDX-License-Identifier: Apache-2.0
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
