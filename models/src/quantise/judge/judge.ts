// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '../../card.ts';
import { labelRetrieval, meanScore } from '../../evaluation/index.ts';
import type { PairedVectors } from './embed-pair.ts';
import { counterpartCosines, neighbourRecall } from './neighbour-recall.ts';

/** Below this an 8-bit space finds other things than its original; it is not stored unasked. */
export const MIN_RECALL = 0.95;
/** Ten neighbours among fewer say little. */
export const MIN_JUDGED = 30;
const NEIGHBOURS = 10;

interface LabelScore {
  readonly knn1: number;
  /** Mean average precision. */
  readonly map: number;
}

/** How an 8-bit space compares with its original, on recordings that it was not calibrated on. */
export interface Verdict {
  readonly recordings: number;
  readonly windows: number;
  /** Of recordings' vectors with their counterparts. */
  readonly cosine: { readonly mean: number; readonly p5: number; readonly min: number } | null;
  /** Share of the ten nearest that stay among the ten nearest; null where there is nothing to compare. */
  readonly recallAt10: number | null;
  /** Retrieval by folder names, each recording asking all others; null without labels. */
  readonly labels: {
    readonly count: number;
    readonly fp32: LabelScore;
    readonly int8: LabelScore;
    readonly change: LabelScore;
  } | null;
  readonly speed: {
    readonly threads: number;
    readonly fp32Ms: number;
    readonly int8Ms: number;
    /** Median over recordings of fp32 time / int8 time, measured by turns. */
    readonly timesFp32: number;
  } | null;
  /** Why the space is not worth storing; empty when it is. */
  readonly objections: readonly string[];
}

export interface JudgedRecording extends PairedVectors {
  readonly label: string | undefined;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function spread(values: readonly number[]): Verdict['cosine'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0, 5);
  return { mean: round(sumOf(values) / values.length, 5), p5: at(0.05), min: at(0) };
}

/** Labels count when at least two of them have two recordings. */
function compareLabels(judged: readonly JudgedRecording[]): Verdict['labels'] {
  const labelled = judged.filter(({ label }) => label !== undefined);
  const sizes = Map.groupBy(labelled, ({ label }) => label);
  if ([...sizes.values()].filter(({ length }) => length > 1).length < 2) return null;
  const score = (side: 'truth' | 'narrow'): LabelScore => {
    const items = labelled.map((item, i) => ({ label: item.label ?? '', group: String(i), vector: item[side] }));
    const { knn1, averagePrecision } = meanScore(labelRetrieval(items));
    return { knn1: round(knn1, 4), map: round(averagePrecision, 4) };
  };
  const [fp32, int8] = [score('truth'), score('narrow')];
  const change = { knn1: round(int8.knn1 - fp32.knn1, 4), map: round(int8.map - fp32.map, 4) };
  return { count: sizes.size, fp32, int8, change };
}

function compareSpeed(judged: readonly JudgedRecording[], threads: number): Verdict['speed'] {
  // The first runs of a session are slower.
  const timed = judged.slice(judged.length > 2 ? 1 : 0);
  if (timed.length === 0) return null;
  const windows = sumOf(timed.map((item) => item.windows));
  const ratios = timed.map(({ truthMs, narrowMs }) => truthMs / narrowMs).sort((a, b) => a - b);
  return {
    threads,
    fp32Ms: round(sumOf(timed.map(({ truthMs }) => truthMs)) / windows, 3),
    int8Ms: round(sumOf(timed.map(({ narrowMs }) => narrowMs)) / windows, 3),
    timesFp32: round(ratios[Math.floor(ratios.length / 2)] ?? 0, 2),
  };
}

function objectionsTo(recall: number | undefined, recordings: number): string[] {
  const objections: string[] = [];
  if (recordings < MIN_JUDGED)
    objections.push(`${recordings} recordings are left to judge by, at least ${MIN_JUDGED} are needed`);
  if (recall !== undefined && !(recall >= MIN_RECALL))
    objections.push(`recall@10 is ${recall.toFixed(3)}, at least ${MIN_RECALL} is needed`);
  return objections;
}

export function judge(
  judged: readonly JudgedRecording[],
  { similarity, threads }: { readonly similarity: Similarity; readonly threads: number },
): Verdict {
  const [truth, narrow] = [judged.map((item) => item.truth), judged.map((item) => item.narrow)];
  const recall = neighbourRecall(truth, narrow, { similarity, count: NEIGHBOURS });
  return {
    recordings: judged.length,
    windows: sumOf(judged.map(({ windows }) => windows)),
    cosine: spread(counterpartCosines(truth, narrow)),
    recallAt10: recall === undefined ? null : round(recall, 4),
    labels: compareLabels(judged),
    speed: compareSpeed(judged, threads),
    objections: objectionsTo(recall, judged.length),
  };
}
