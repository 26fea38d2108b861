// SPDX-License-Identifier: Apache-2.0
import type { FilterKey } from '../../../contract/filter-keys.ts';

/** What is searched for and how: exactly what the page's address holds. */
export interface SearchState {
  /** A document id, or `q:<queryId>` of an upload; never a vector. */
  readonly like?: string;
  /** Space id; the gateway's default when absent. */
  readonly space?: string;
  readonly k: number;
  readonly candidates: number;
  readonly isExact: boolean;
  /** Compare windows instead of whole recordings; hits say where they match best either way. */
  readonly bySegments: boolean;
  readonly filters: Readonly<Partial<Record<FilterKey, readonly string[]>>>;
}

export const LIMITS = { k: 1000, candidates: 10_000 } as const;

export const DEFAULT_STATE: SearchState = {
  k: 10,
  candidates: 100,
  isExact: false,
  bySegments: false,
  filters: {},
};

/** A value's filter switched on or off. */
export function toggleFilter(state: SearchState, key: FilterKey, value: string): SearchState {
  const current = state.filters[key] ?? [];
  const next = current.includes(value) ? current.filter((other) => other !== value) : [...current, value];
  const { [key]: _, ...others } = state.filters;
  return { ...state, filters: next.length > 0 ? { ...others, [key]: next } : others };
}
