// SPDX-License-Identifier: Apache-2.0
import type { Card } from '../../card.ts';
import type { Recording } from './clips.ts';
import type { Comparison, Judgement } from './judge-constants.ts';

export interface Verdict {
  readonly isWorthSwitching: boolean;
  /** One sentence. */
  readonly text: string;
}

/** What a fit brought, for machines; `reportText` says it to people. */
export interface FitReport {
  readonly space: string;
  readonly base: 'spectral-1';
  readonly fit: NonNullable<Card['fit']>;
  /** Recordings that were kept out of the fit. */
  readonly judged: { readonly recordings: number; readonly clips: number };
  readonly judgement: Judgement;
  readonly verdict: Verdict;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
const interval = ({ difference }: Comparison): string =>
  `${signed(difference.mean)} (${signed(difference.low)} … ${signed(difference.high)})`;

/** Labels decide where there are any: what people filed together is nearer to what they look for. */
function verdictOf({ sameLabel, sameRecording }: Judgement): Verdict {
  const decisive = sameLabel ?? sameRecording;
  if (!decisive)
    return {
      isWorthSwitching: false,
      text: 'not judged: too few recordings have a second excerpt or a label in common; keep spectral-1',
    };
  const measure = sameLabel ? 'mAP of equal labels' : 'mAP of excerpts of one recording';
  const other = sameLabel ? sameRecording : undefined;
  if (decisive.difference.high < 0)
    return { isWorthSwitching: false, text: `worse: ${measure} ${interval(decisive)}; keep spectral-1` };
  if (decisive.difference.low <= 0)
    return { isWorthSwitching: false, text: `no measurable gain: ${measure} ${interval(decisive)}; keep spectral-1` };
  if (other && other.difference.high < 0)
    return {
      isWorthSwitching: false,
      text: `mixed: ${measure} ${interval(decisive)}, but excerpts of one recording ${interval(other)}; keep spectral-1 unless labels are all that counts`,
    };
  return { isWorthSwitching: true, text: `worth switching: ${measure} ${interval(decisive)}` };
}

export function makeReport({ id, fit }: Card, judgement: Judgement, judged: readonly Recording[]): FitReport {
  if (!fit) throw new Error(`${id} was not fitted`);
  const clips = judged.reduce((sum, recording) => sum + recording.clips.length, 0);
  return {
    space: id,
    base: 'spectral-1',
    fit,
    judged: { recordings: judged.length, clips },
    judgement,
    verdict: verdictOf(judgement),
  };
}
