// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { stampHash } from './definition-hash.ts';
import { semanticDiff } from './semantic-diff.ts';

test('numbers and booleans echoed as strings, dotted keys and empty objects are no difference', () => {
  const wanted = {
    template: { settings: { 'index.number_of_shards': 1 }, mappings: { dynamic: false } },
    data_stream: {},
  };
  const stored = {
    template: { settings: { index: { number_of_shards: '1' } }, mappings: { dynamic: 'false' } },
    data_stream: { hidden: false },
    created_date: 1,
  };
  expect(semanticDiff(wanted, stored)).toEqual([]);
});

test('a changed value, a missing key and a field added by hand are differences', () => {
  const wanted = { priority: 500, template: { mappings: { properties: { a: { type: 'keyword' } } } } };
  const stored = { priority: 1, template: { mappings: { properties: { b: { type: 'text' } } } } };
  expect(semanticDiff(wanted, stored)).toEqual([
    { path: 'priority', stored: '1', wanted: '500' },
    { path: 'template.mappings.properties.a.type', stored: undefined, wanted: 'keyword' },
    { path: 'template.mappings.properties.b.type', stored: 'text', wanted: undefined },
  ]);
});

test('the order of lists counts, the order of keys does not', () => {
  expect(semanticDiff({ list: ['a', 'b'] }, { list: ['b', 'a'] })).toHaveLength(1);
  expect(semanticDiff({ list: [{ a: 1, b: 2 }] }, { list: [{ b: 2, a: 1 }] })).toEqual([]);
});

test('the hash follows the text of a definition and not the order of its keys', () => {
  const stamp = (body: Record<string, number>): unknown =>
    stampHash({ kind: 'ingest_pipeline', name: 'x', body: { ...body, _meta: { managed_by: 'earshot' } } }).body._meta;
  expect(stamp({ a: 1, b: 2 })).toEqual(stamp({ b: 2, a: 1 }));
  expect(stamp({ a: 1, b: 2 })).not.toEqual(stamp({ a: 1, b: 3 }));
});
