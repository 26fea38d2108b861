// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Entry } from '../../ports/object-store.ts';
import { filterObject } from './filter-object.ts';
import { makeFilter, type WantedObjects } from './make-filter.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

function judge(wanted: Partial<WantedObjects>, entry: Partial<Entry>, prefix = '') {
  const filter = makeFilter(
    { prefix },
    { sidecars: true, include: [], exclude: [], ...wanted },
    { maxBytes: 1000, now: NOW },
  );
  return filterObject({ key: 'a.wav', size: 100, modified: '2026-11-20T12:00:00Z', ...entry }, filter);
}

test.each([
  ['*.wav', 'deep/down/a.wav', undefined],
  ['*.wav', 'deep/down/a.flac', 'excluded'],
  ['*.{wav,flac}', 'deep/a.flac', undefined],
  ['live/**', 'live/a.wav', undefined],
  ['live/**', 'live/.hidden/a.wav', undefined],
  ['live/**', 'dead/live/a.wav', 'excluded'],
  ['**/live/**', 'dead/live/a.wav', undefined],
  ['live/*', 'live/deep/a.wav', 'excluded'],
  ['Live/*', 'live/a.wav', 'excluded'],
  ['x[1-3].wav', 'é/x2.wav', undefined],
])('include %s and %s: %s', (glob, key, verdict) => {
  expect(judge({ include: [glob] }, { key })).toBe(verdict);
});

test('exclude wins over include, and globs are read below the prefix', () => {
  const wanted = { include: ['*.wav'], exclude: ['drafts/**'] };
  expect(judge(wanted, { key: 'music/in/drafts/a.wav' }, 'music/in/')).toBe('excluded');
  expect(judge(wanted, { key: 'music/in/drafts/a.wav' }, 'music/in')).toBe('excluded');
  expect(judge(wanted, { key: 'drafts/in/a.wav' }, 'drafts/')).toBeUndefined();
});

test('sizes are bounds of what is wanted; the limit of the service holds beside that of the source', () => {
  const wanted = { minBytes: 100, maxBytes: 500 };
  expect([99, 100, 500, 501].map((size) => judge(wanted, { size }))).toEqual([
    'too_small',
    undefined,
    undefined,
    'too_large',
  ]);
  expect(judge({ maxBytes: 5000 }, { size: 1001 })).toBe('too_large');
});

test('times and ages bound the modification; what the store does not date is let through', () => {
  const at = (modified: string) => ({ modified });
  expect(judge({ modifiedAfter: '2026-11-21' }, at('2026-11-20T23:59:59Z'))).toBe('too_old');
  expect(judge({ modifiedAfter: '2026-11-20' }, at('2026-11-20T00:00:00Z'))).toBeUndefined();
  expect(judge({ modifiedBefore: '2026-11-20T12:00:00Z' }, at('2026-11-20T12:00:00Z'))).toBe('too_new');
  expect(judge({ maxAgeSeconds: 3600 }, at('2026-11-21T10:59:59Z'))).toBe('too_old');
  expect(judge({ minAgeSeconds: 3600 }, at('2026-11-21T11:00:01Z'))).toBe('too_new');
  expect(judge({ minAgeSeconds: 3600, maxAgeSeconds: 7200 }, at('2026-11-21T10:30:00Z'))).toBeUndefined();
  expect(
    filterObject(
      { key: 'a.wav', size: 1 },
      makeFilter(
        { prefix: '' },
        { sidecars: true, include: [], exclude: [], maxAgeSeconds: 1 },
        { maxBytes: 9, now: NOW },
      ),
    ),
  ).toBeUndefined();
});
