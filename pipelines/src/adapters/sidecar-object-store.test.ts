// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes } from '../core/byte-order.ts';
import { type Entry, type ListEvent, type ObjectStore, ObjectStoreError } from '../ports/object-store.ts';
import { parseSidecar, withSidecarTags } from './read-sidecar.ts';
import { withSidecars } from './sidecar-object-store.ts';

interface Behaviour {
  /** Keys listed before the listing breaks off. */
  readonly breaksAfter?: number;
  readonly head?: (key: string) => void;
}

/** A store in memory whose ETags are the contents. */
function storeOf(objects: Readonly<Record<string, string>>, { breaksAfter, head }: Behaviour = {}): ObjectStore {
  const entryOf = (key: string): Entry | null => {
    const content = objects[key];
    return content === undefined ? null : { key, size: content.length, etag: content };
  };
  const keys = Object.keys(objects).sort(compareBytes);
  return {
    id: 'memory',
    root: 'memory',
    prefix: '',
    uriOf: (key) => `memory:${key}`,
    list: async function* (): AsyncGenerator<ListEvent> {
      const seen = keys.slice(0, breaksAfter);
      for (const key of seen) yield { type: 'entry', entry: entryOf(key)! };
      const complete = breaksAfter === undefined;
      yield { type: 'end', complete, sorted: true, pages: 1, count: seen.length };
    },
    get: async ({ key, versionId }) => {
      if (versionId) throw new ObjectStoreError('vanished', `no version ${versionId}`);
      const content = objects[key];
      if (content === undefined) throw new ObjectStoreError('vanished', `${key} is gone`);
      return { body: Readable.from([Buffer.from(content)]) };
    },
    head: async (key) => {
      head?.(key);
      return entryOf(key);
    },
  };
}

const { signal } = new AbortController();
const list = (store: ObjectStore): Promise<ListEvent[]> => Array.fromAsync(store.list({ signal }));
const sidecarsOf = (events: readonly ListEvent[]) =>
  events.flatMap((event) =>
    event.type === 'entry' && event.entry.sidecar ? [[event.entry.key, event.entry.sidecar.key]] : [],
  );

describe('a listing with sidecars', () => {
  test('finds x.wav.json before x.json, in front of a recording or behind it', async () => {
    const objects = {
      'a.wav': '1',
      'a.wav-old': '1',
      'a.wav.json': 's',
      'b.flac': '1',
      'b.json': 's',
      'b.wav': '1',
      'b.wav.json': 't',
      'c.json': 'alone',
      'd.b.wav': '1',
      'd.json': 'not of d.b',
      'e/f': '1',
      'e/f.json': 's',
      'g.jpg': '1',
      'g.jpg.json': 's',
    };
    const events = await list(withSidecars(storeOf(objects)));
    expect(sidecarsOf(events)).toEqual([
      ['a.wav', 'a.wav.json'],
      ['b.flac', 'b.json'],
      ['b.wav', 'b.wav.json'],
      ['e/f', 'e/f.json'],
    ]);
    expect(events.at(-1)).toMatchObject({ complete: true, count: 14 });
  });

  test('is the listing without them, in the same order, with what asking by name would find', async () => {
    const name = fc.stringMatching(/^[ab]{1,2}(\/[ab])?(\.[ab])?$/);
    const ending = fc.constantFrom('', '.wav', '.flac', '.json', '.wav.json', '.jpg', '-1.wav', '/x.wav');
    const key = fc.tuple(name, ending).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 40 }), async (keys) => {
        const bare = storeOf(Object.fromEntries(keys.map((one) => [one, one])));
        const store = withSidecars(bare);
        const events = await list(store);
        const plain = (await list(bare)).map((event) => (event.type === 'entry' ? event.entry.key : event));
        expect(events.map((event) => (event.type === 'entry' ? event.entry.key : event))).toEqual(plain);
        for (const event of events)
          if (event.type === 'entry') expect(event.entry).toEqual(await store.head(event.entry.key));
      }),
      { numRuns: 200 },
    );
  });

  test('a sidecar that is added, changed or removed changes the version of the recording, and no fetch sees it', async () => {
    const versionOf = async (objects: Record<string, string>) =>
      (await withSidecars(storeOf({ 'x.wav': 'sound', ...objects })).head('x.wav'))?.versionId;
    const versions = await Promise.all(
      [{}, { 'x.json': '1' }, { 'x.json': '2' }, { 'x.wav.json': '3' }].map(versionOf),
    );
    expect(versions).toEqual([undefined, 'sidecar:1', 'sidecar:2', 'sidecar:3']);
    const store = withSidecars(storeOf({ 'x.wav': 'sound', 'x.json': '1' }));
    const entry = await store.head('x.wav');
    expect((await store.get(entry!, { signal })).body).toBeInstanceOf(Readable);
  });

  test('where it breaks off, the store is asked; what it does not answer for is left out', async () => {
    const objects = { 'a.wav': '1', 'b.wav': '1', 'b.wav.json': 's' };
    const asked = withSidecars(storeOf(objects, { breaksAfter: 2 }));
    const events = await list(asked);
    expect(sidecarsOf(events)).toEqual([['b.wav', 'b.wav.json']]);
    const silent = storeOf(objects, {
      breaksAfter: 2,
      head: () => {
        throw new ObjectStoreError('unavailable', 'no answer');
      },
    });
    expect(await list(withSidecars(silent))).toMatchObject([
      { type: 'entry', entry: { key: 'a.wav' } },
      { type: 'end', complete: false, count: 1 },
    ]);
  });

  test('a name with a whole library behind it does not hold the listing up', async () => {
    const below = Array.from({ length: 3000 }, (_, i) => [`x.d/${String(i).padStart(5, '0')}.wav`, '1'] as const);
    const asked: string[] = [];
    const store = storeOf(
      { 'x.aac': '1', ...Object.fromEntries(below), 'x.json': 's' },
      { head: (key) => asked.push(key) },
    );
    const events = await list(withSidecars(store));
    expect(sidecarsOf(events)).toEqual([['x.aac', 'x.json']]);
    expect(asked).toEqual(['x.aac.json', 'x.json']);
    expect(events).toHaveLength(3003);
  });
});

describe('what a sidecar says', () => {
  const parse = (text: string) => parseSidecar(Buffer.from(text));

  test('is its title and its labels; the rest is not ours', () => {
    expect(
      parse('{"title":" Tune ","labels":{"mood":"calm","bpm":120,"live":true,"by":["Anna","Ben"]},"x":{}}'),
    ).toEqual({
      title: 'Tune',
      labels: { mood: 'calm', bpm: '120', live: 'true', by: ['Anna', 'Ben'] },
    });
    expect(parse('{"tempo":120}')).toEqual({});
  });

  test.each([
    ['{"labels":', /is no JSON/],
    ['[]', /expected object/],
    ['{"labels":{"a":{"b":1}}}', /labels\.a: must be text/],
    ['{"labels":{"":1}}', /labels/],
    ['{"title":7}', /title: /],
    [JSON.stringify({ labels: { long: 'x'.repeat(1001) } }), /labels\.long/],
  ])('is nothing when it is broken: %s', (text, reason) => {
    expect(parse(text)).toEqual({ unusable: expect.stringMatching(reason) });
  });

  const readWith = (store: ObjectStore, unusable: string[]) =>
    withSidecarTags(
      async (entry) => ({
        sha256: '',
        length: entry.size,
        open: () => Readable.from([]),
        mediaType: undefined,
        tags: async () => ({ title: 'of the file', tags: { artist: 'Anna' } }),
        dispose: async () => undefined,
      }),
      { store, onUnusable: (key, reason) => unusable.push(`${key} ${reason}`) },
    );

  test('wins over the tags of the file; an unusable or huge one is named and the recording read without it', async () => {
    const good = withSidecars(storeOf({ 'x.wav': '1', 'x.json': '{"title":"T","labels":{"a":"b"}}' }));
    const unusable: string[] = [];
    const recording = await readWith(good, unusable)((await good.head('x.wav'))!, signal);
    expect(await recording.tags()).toEqual({ title: 'T', tags: { artist: 'Anna' }, labels: { a: 'b' } });
    for (const content of ['{', ' '.repeat(70_000)]) {
      const bad = withSidecars(storeOf({ 'x.wav': '1', 'x.json': content }));
      const read = await readWith(bad, unusable)((await bad.head('x.wav'))!, signal);
      expect((await read.tags()).title).toBe('of the file');
    }
    expect(unusable).toEqual([expect.stringContaining('x.json is no JSON'), 'x.json has 70000 bytes, more than 65536']);
  });

  test('a sidecar that vanished since the listing means that the recording changed', async () => {
    const store = withSidecars(storeOf({ 'x.wav': '1' }));
    const entry = { key: 'x.wav', size: 1, sidecar: { key: 'x.json', size: 1 } };
    await expect(readWith(store, [])(entry, signal)).rejects.toMatchObject({ trouble: 'changed' });
  });
});
