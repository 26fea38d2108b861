// SPDX-License-Identifier: Apache-2.0
import { FILTER_KEYS, type FilterKey } from '../../../contract/filter-keys.ts';
import { DEFAULT_STATE, LIMITS, type SearchState } from './search-state.ts';

/** The state as the query part of the page's address; defaults are left out. */
export function encodeState(state: SearchState): string {
  const query = new URLSearchParams();
  if (state.like !== undefined) query.set('like', state.like);
  if (state.space !== undefined) query.set('space', state.space);
  if (state.k !== DEFAULT_STATE.k) query.set('k', String(state.k));
  if (state.candidates !== DEFAULT_STATE.candidates) query.set('nc', String(state.candidates));
  if (state.isExact) query.set('exact', '1');
  if (state.bySegments) query.set('segments', '1');
  for (const key of FILTER_KEYS) for (const value of state.filters[key] ?? []) query.append(key, value);
  return query.toString();
}

function wholeNumber(text: string | null, fallback: number, max: number): number {
  const value = text !== null && /^[0-9]{1,6}$/.test(text) ? Number(text) : fallback;
  return value >= 1 && value <= max ? value : fallback;
}

function filtersOf(query: URLSearchParams): SearchState['filters'] {
  const filters: Partial<Record<FilterKey, readonly string[]>> = {};
  for (const key of FILTER_KEYS) {
    const values = [...new Set(query.getAll(key).filter((value) => value !== ''))];
    if (values.length > 0) filters[key] = values;
  }
  return filters;
}

/** Reads an address. Unknown keys and senseless values are dropped; candidates are never fewer than k. */
export function decodeState(search: string): SearchState {
  const query = new URLSearchParams(search);
  const like = query.get('like');
  const space = query.get('space');
  const k = wholeNumber(query.get('k'), DEFAULT_STATE.k, LIMITS.k);
  const candidates = wholeNumber(query.get('nc'), DEFAULT_STATE.candidates, LIMITS.candidates);
  return {
    ...(like ? { like } : {}),
    ...(space ? { space } : {}),
    k,
    candidates: Math.max(k, candidates),
    isExact: query.get('exact') === '1',
    bySegments: query.get('segments') === '1',
    filters: filtersOf(query),
  };
}
