// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FILTERABLE_FIELDS, parseFilter } from './filter.ts';

test.each([
  ['audio.codec:flac', { term: { 'audio.codec': { value: 'flac', case_insensitive: true } } }],
  ['genre:folk', { term: { 'tags.genre': { value: 'folk', case_insensitive: true } } }],
  [
    'audio.uri:s3://bucket/a:b.wav',
    { term: { 'audio.uri': { value: 's3://bucket/a:b.wav', case_insensitive: true } } },
  ],
  ['key:drums/*', { wildcard: { 'audio.key': { value: 'drums/*', case_insensitive: true } } }],
  ['audio.duration_ms:>=5000', { range: { 'audio.duration_ms': { gte: 5000 } } }],
  ['duration_ms:<9000', { range: { 'audio.duration_ms': { lt: 9000 } } }],
  ['year:1999', { term: { 'tags.year': 1999 } }],
  ['@timestamp:>2026-01-01', { range: { '@timestamp': { gt: '2026-01-01' } } }],
  ['title:piano solo', { match: { title: { query: 'piano solo', operator: 'and' } } }],
  ['labels.instrument:organ', { term: { 'labels.instrument': { value: 'organ', case_insensitive: true } } }],
])('%s becomes its clause', (text, clause) => {
  expect(parseFilter(text)).toEqual(clause);
});

test.each([
  ['embedding:1', 'There is no filter on embedding'],
  ['flac', 'A filter is field:value'],
  ['codec:', 'A filter is field:value'],
  ['year:soon', 'tags.year takes a number'],
  ['codec:>=flac', 'has no order'],
  ['@timestamp:>=yesterday', 'takes an ISO 8601 date'],
])('%s is refused with what is wrong', (text, message) => {
  expect(() => parseFilter(text)).toThrow(message);
});

test('every filterable field is mapped, with a fitting type', () => {
  const path = new URL('../../component-templates/common.json', import.meta.url);
  const { properties } = JSON.parse(readFileSync(path, 'utf8')).template.mappings;
  const types: Record<string, RegExp> = {
    keyword: /^keyword$/,
    number: /long|integer|float/,
    date: /date/,
    text: /text/,
  };
  for (const [field, kind] of Object.entries(FILTERABLE_FIELDS)) {
    const mapped = field.split('.').reduce((at, part) => at.properties?.[part], { properties });
    expect((mapped as { type?: string }).type, field).toMatch(types[kind]!);
  }
});
