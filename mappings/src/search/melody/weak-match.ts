// SPDX-License-Identifier: Apache-2.0
import type { RankedMelody } from './rerank-melodies.ts';

/**
 * Least score of a first hit that is believed. Of 548 development hums from the start of their songs, among 2,048, it calls
 * 10 % weak, and 99 % of those whose song was taken out; anywhere in 548 songs 9 % and 95 %.
 */
const LEAST_SCORE = 0.66;

export interface MatchVerdict {
  readonly weak_match: boolean;
  /** Why it is weak, in words; null when it is not. */
  readonly weak_match_reason: string | null;
}

/** Whether the best hit of a melody search is likely to be the song at all, or only the least unlike. */
export function judgeMatch(ranked: readonly RankedMelody[]): MatchVerdict {
  const [first] = ranked;
  if (!first) return { weak_match: true, weak_match_reason: 'no song came near' };
  if (first.score >= LEAST_SCORE) return { weak_match: false, weak_match_reason: null };
  const apart = first.distance === null ? '' : `, ${first.distance.toFixed(2)} semitones apart on average`;
  return {
    weak_match: true,
    weak_match_reason: `the nearest song is not near: cosine ${first.similarity.toFixed(2)}${apart}`,
  };
}
