// SPDX-License-Identifier: Apache-2.0
import { bootstrapInterval, type Interval } from './bootstrap-interval.ts';
import type { LabelIndex } from './label-index.ts';
import type { Judgement } from './label-judge.ts';
import { type MeasureName, resamplingGroups } from './label-summary.ts';

/** How much higher one space scores than another on the same queries; 0 inside the interval: chance may explain it. */
export interface Difference extends Interval {
  readonly value: number;
}

/** Paired bootstrap: queries are drawn with both of their scores. @param a of the same items as `b`, in the same order */
export function compareScores(
  a: readonly Judgement[],
  b: readonly Judgement[],
  { index, seed = 1 }: { readonly index: LabelIndex; readonly seed?: number },
): Readonly<Record<MeasureName, Difference>> {
  const groups = resamplingGroups(a, index);
  const differenceOf = (name: MeasureName): Difference => {
    const differences = a.map((judgement, i) => judgement[name] - (b[i] as Judgement)[name]);
    const value = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    return { value, ...bootstrapInterval(differences, { seed, groups }) };
  };
  return {
    knn1: differenceOf('knn1'),
    knn5: differenceOf('knn5'),
    precision10: differenceOf('precision10'),
    averagePrecision: differenceOf('averagePrecision'),
  };
}
