// SPDX-License-Identifier: Apache-2.0
import type { KillPoint, Phase, PhaseCounts } from './crash-trial.ts';

/** Uniform numbers in 0…1 from a seed (Tommy Ettinger's mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A random point of a run: first the phase, each with the same chance, so that rare ones are met, then one of its requests.
 * @param counts how often each phase came in an undisturbed run
 */
export function drawKillPoint(
  random: () => number,
  { counts, seconds }: { readonly counts: PhaseCounts; readonly seconds: number },
): KillPoint {
  const phases: Phase[] = ['start', ...(Object.keys(counts) as Phase[]).sort()];
  const phase = phases[Math.floor(random() * phases.length)] ?? 'start';
  const moment = random() < 0.5 || phase === 'embed' ? 'before' : 'after';
  const nth = 1 + Math.floor(random() * (counts[phase] ?? 1));
  return phase === 'start' ? { phase, nth: 0, moment, ms: random() * seconds * 1000 } : { phase, nth, moment };
}

export const describeKillPoint = ({ phase, nth, moment, ms }: KillPoint): string =>
  ms === undefined ? `${moment} ${phase} request ${nth}` : `after ${Math.round(ms)} ms`;
