// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import { compareBytes } from '../../core/byte-order.ts';
import { listAll, readText, type StoreCase } from './store-case.ts';

/** Keys that have broken sync tools; each is put, listed, asked for and read. */
const KEYS: readonly (readonly [id: string, what: string, key: string])[] = [
  ['space', 'spaces', 'with  two spaces.wav'],
  ['edge-space', 'spaces at its ends', ' edges.wav '],
  ['plus', 'a plus sign', 'plus+sign.wav'],
  ['percent', 'a percent sign', 'per%cent.wav'],
  ['percent-code', 'what looks URL-encoded', 'coded%20%2F%2B.wav'],
  ['query', 'question mark and hash', 'what?is=this#here.wav'],
  ['xml', 'what XML escapes', `quote"'&amp;<>].wav`],
  ['newline', 'a line break', 'new\nline.wav'],
  ['control', 'tab and other control characters', 'tab\tbell\u0007.wav'],
  ['backslash', 'a backslash', 'back\\slash.wav'],
  ['shell', 'what shells expand', '~$HOME*{a,b}[c];|.wav'],
  ['hidden', 'a leading dot', '.hidden/.file.wav'],
  ['wide', 'four-byte characters', 'note-\u{1F3B5}\u{1F468}\u200D\u{1F3A4}.wav'],
  ['bidi', 'right-to-left text', '\u05E9\u05DC\u05D5\u05DD/\u0645\u0631\u062D\u0628\u0627.wav'],
  [
    'long',
    '900 bytes',
    `${'d'.repeat(200)}/${'e'.repeat(200)}/${'f'.repeat(200)}/${'g'.repeat(200)}/${'h'.repeat(92)}.wav`,
  ],
  ['double-slash', 'an empty part', 'a//b.wav'],
  ['leading-slash', 'a leading slash', '/root.wav'],
  ['dots', 'parts of dots', 'a/../b/./c.wav'],
];

const holdsKey = ([id, what, key]: (typeof KEYS)[number]): StoreCase => ({
  id,
  title: `a key with ${what} is listed, found and read`,
  run: async ({ store, put }) => {
    await put(key, `content of ${key}`);
    const { entries, end } = await listAll(store);
    expect(entries.map((entry) => entry.key)).toEqual([key]);
    expect(end).toMatchObject({ complete: true, sorted: true, count: 1 });
    expect(await store.head(key)).toMatchObject({ key, etag: entries[0]?.etag, size: entries[0]?.size });
    expect(await readText(store, entries[0] ?? { key, size: 0 })).toBe(`content of ${key}`);
  },
});

/** Lists exactly these keys in byte order. */
const ordersKeys = (id: string, title: string, keys: readonly string[]): StoreCase => ({
  id,
  title,
  run: async ({ store, put }) => {
    for (const key of keys) await put(key, `content of ${key}`);
    const { entries, end } = await listAll(store);
    expect(entries.map(({ key }) => key)).toEqual([...keys].sort(compareBytes));
    expect(end).toMatchObject({ complete: true, sorted: true });
    for (const entry of entries) expect(await readText(store, entry)).toBe(`content of ${entry.key}`);
  },
});

export const KEY_CASES: readonly StoreCase[] = [
  ...KEYS.map(holdsKey),
  ordersKeys('utf8-order', 'keys are listed in the order of their UTF-8 bytes, not of UTF-16 units', [
    'b\u{1F3B5}.wav',
    'b\uFF5E.wav',
    'bz.wav',
    'B.wav',
    'b\u00e9.wav',
  ]),
  ordersKeys('slash-order', 'a-1 and a.txt are listed before a/b', [
    'a-1.wav',
    'a/b.wav',
    'a.txt',
    'a0.wav',
    'a/-.wav',
  ]),
  ordersKeys('normal-forms', 'composed and decomposed accents are two keys', ['e\u0301.wav', '\u00e9.wav']),
  ordersKeys('case', 'upper and lower case are two keys', ['Tune.wav', 'tune.wav', 'tune.WAV']),
  ordersKeys('file-and-folder', 'an object a stands beside an object a/b', ['a', 'a/b']),
];
