// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_KEYS, type FilterKey } from '../../../contract/filter-keys.ts';
import { DEFAULT_STATE, LIMITS, type SearchState, toggleFilter } from './search-state.ts';
import { decodeState, encodeState } from './url-codec.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const filters = fc.dictionary(
  fc.constantFrom<FilterKey>(...FILTER_KEYS),
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  { noNullPrototype: true },
);
const state: fc.Arbitrary<SearchState> = fc
  .record({
    like: fc.option(text, { nil: undefined }),
    space: fc.option(text, { nil: undefined }),
    k: fc.integer({ min: 1, max: LIMITS.k }),
    more: fc.integer({ min: 0, max: LIMITS.candidates - LIMITS.k }),
    isExact: fc.boolean(),
    bySegments: fc.boolean(),
    filters,
  })
  .map(({ like, space, more, ...rest }) => ({
    ...(like === undefined ? {} : { like }),
    ...(space === undefined ? {} : { space }),
    ...rest,
    candidates: rest.k + more,
  }));

describe('the address of the page', () => {
  it('holds the whole state: decoding an encoded state gives it back', () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(decodeState(encodeState(given))).toEqual(given);
      }),
    );
  });

  it('decodes any text to a valid state', () => {
    fc.assert(
      fc.property(fc.string(), (anything) => {
        const { k, candidates } = decodeState(anything);
        expect(k).toBeGreaterThanOrEqual(1);
        expect(candidates).toBeGreaterThanOrEqual(k);
      }),
    );
  });

  it('drops unknown keys and senseless values', () => {
    expect(decodeState('like=a&colour=red&k=-4&nc=1e9&exact=yes&embedding=1')).toEqual({ ...DEFAULT_STATE, like: 'a' });
  });

  it('is empty for the default state', () => {
    expect(encodeState(DEFAULT_STATE)).toBe('');
  });

  it('raises candidates to k', () => {
    expect(decodeState('k=200&nc=50')).toMatchObject({ k: 200, candidates: 200 });
  });
});

it('a filter is switched on and off again without a trace', () => {
  const on = toggleFilter(DEFAULT_STATE, 'genre', 'folk');
  expect(on.filters).toEqual({ genre: ['folk'] });
  expect(toggleFilter(on, 'genre', 'folk')).toEqual(DEFAULT_STATE);
});
