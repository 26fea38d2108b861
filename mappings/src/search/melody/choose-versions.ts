// SPDX-License-Identifier: Apache-2.0
import type { TimeSpan } from '../search-hit.ts';

const MOST_VERSIONS = 16;
/** About as long as people hum; in between lies the best. */
const SHORTEST_MS = 4000;
const LONGEST_MS = 9000;
const BEST_MS = Math.sqrt(SHORTEST_MS * LONGEST_MS);

const durationOf = ({ start_ms, end_ms }: TimeSpan): number => end_ms - start_ms;
const oddness = (window: TimeSpan): number => Math.abs(Math.log(durationOf(window) / BEST_MS));

/**
 * Which windows of an indexed song ask for songs like it: one a start, about six seconds long, at most 16, spread over
 * the song. A song without any of four to nine seconds asks with those that come nearest to it.
 * @returns positions in `windows`, by start
 */
export function chooseVersions(windows: readonly TimeSpan[]): number[] {
  const isFit = (window: TimeSpan): boolean => durationOf(window) >= SHORTEST_MS && durationOf(window) <= LONGEST_MS;
  const areFit = windows.some(isFit);
  const best = new Map<number, number>();
  for (const [i, window] of windows.entries()) {
    if (areFit && !isFit(window)) continue;
    const known = windows[best.get(window.start_ms) ?? -1];
    if (!known || oddness(window) < oddness(known)) best.set(window.start_ms, i);
  }
  const chosen = [...best].sort(([a], [b]) => a - b).map(([, i]) => i);
  if (chosen.length <= MOST_VERSIONS) return chosen;
  const step = (chosen.length - 1) / (MOST_VERSIONS - 1);
  return Array.from({ length: MOST_VERSIONS }, (_, n) => chosen[Math.round(n * step)] ?? 0);
}
