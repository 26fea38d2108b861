// SPDX-License-Identifier: Apache-2.0
import type { KillPoint, Phase, PhaseCounts } from './crash-trial.ts';

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
