// SPDX-License-Identifier: Apache-2.0
import type { SearchHit } from './search-hit.ts';

/** One space's hits, best first. */
export interface RankedList {
  readonly space: string;
  /** Default 1. */
  readonly weight?: number;
  readonly hits: readonly SearchHit[];
}

export interface FusedHit extends SearchHit {
  /** Rank and raw similarity in each space that found it. */
  readonly spaces: Readonly<Record<string, { readonly rank: number; readonly similarity: number }>>;
}

/** Cormack, Clarke & Büttcher 2009, reciprocal rank fusion. */
const RANK_CONSTANT = 60;

/**
 * Reciprocal rank fusion: score = Σ weight / (60 + rank), rank from 1, absent = 0, ties by id.
 * Everything else of a hit comes from the list that ranks it best.
 */
export function fuseByRank(lists: readonly RankedList[], k: number): FusedHit[] {
  const fused = new Map<string, FusedHit>();
  for (const { space, weight = 1, hits } of lists) {
    for (const hit of hits) {
      const known = fused.get(hit.id);
      const best = known && known.rank <= hit.rank ? known : hit;
      const spaces = { ...known?.spaces, [space]: { rank: hit.rank, similarity: hit.similarity } };
      fused.set(hit.id, { ...best, score: (known?.score ?? 0) + weight / (RANK_CONSTANT + hit.rank), spaces });
    }
  }
  return [...fused.values()]
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, k)
    .map((hit, i) => ({ ...hit, rank: i + 1 }));
}
