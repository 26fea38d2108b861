// SPDX-License-Identifier: Apache-2.0
import type { SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import { projectStatistics } from '../../build/spaces/spectral/reference/embedding.ts';
import {
  bootstrapInterval,
  type Interval,
  type LabelledVector,
  labelRetrieval,
  type QueryScore,
} from '../../evaluation/index.ts';
import { excerptsOf, type Recording } from './clips.ts';

/** One measure in two spaces; 0…1. */
interface Pair {
  readonly before: number;
  readonly after: number;
}

/** How well like finds like before and after a fit. */
export interface Comparison {
  /** Recordings that asked. */
  readonly recordings: number;
  /** Share of questions whose first answer is right. */
  readonly first: Pair;
  /** Mean average precision over the whole ranking. */
  readonly map: Pair;
  /** Mean difference in average precision (after − before) and its 95 % bootstrap interval over recordings. */
  readonly difference: Interval & { readonly mean: number };
  /** Expected `map` of a random order. */
  readonly chance: number;
}

export interface Judgement {
  /** Excerpts of one recording ought to find each other; absent when none of the recordings has two. */
  readonly sameRecording?: Comparison;
  /** Recordings with one label ought to; absent without labels that are worth asking about. */
  readonly sameLabel?: Comparison & { readonly labels: number };
}

/** Fewer recordings that can ask give intervals that say nothing. */
export const LEAST_QUERIES = 10;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A question for the gallery: a recording's excerpts ask together. */
interface Asker {
  readonly recording: number;
  readonly label: string;
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

/** Average precision of a random order is near the share of right answers. */
function chanceOf(askers: readonly Asker[], counts: ReadonlyMap<string, number>): number {
  return mean(askers.map(({ label }) => ((counts.get(label) ?? 1) - 1) / Math.max(1, askers.length - 1)));
}

function compare(askers: readonly Asker[]): Comparison | undefined {
  const counts = new Map<string, number>();
  for (const { label } of askers) counts.set(label, (counts.get(label) ?? 0) + 1);
  const canAsk = ({ label }: Asker): boolean => (counts.get(label) ?? 0) > 1;
  const recordings = [...new Set(askers.filter(canAsk).map(({ recording }) => recording))];
  if (recordings.length < LEAST_QUERIES) return undefined;
  const scoresOf = (which: 'before' | 'after'): QueryScore[] => {
    const items = askers.map(
      (asker, i): LabelledVector => ({
        label: asker.label,
        group: String(i),
        vector: asker[which],
      }),
    );
    return labelRetrieval(items);
  };
  const scores = { before: scoresOf('before'), after: scoresOf('after') };
  const byRecording = (which: 'before' | 'after', of: (score: QueryScore) => number): number[] => {
    const values = new Map<number, number[]>(recordings.map((recording) => [recording, []]));
    askers.forEach((asker, i) => {
      if (canAsk(asker)) values.get(asker.recording)?.push(of(scores[which][i] as QueryScore));
    });
    return [...values.values()].map(mean);
  };
  const pair = (of: (score: QueryScore) => number): Pair => ({
    before: mean(byRecording('before', of)),
    after: mean(byRecording('after', of)),
  });
  const precisionBefore = byRecording('before', (score) => score.averagePrecision);
  const differences = byRecording('after', (score) => score.averagePrecision).map(
    (value, i) => value - (precisionBefore[i] ?? 0),
  );
  return {
    recordings: recordings.length,
    first: pair((score) => score.knn1),
    map: pair((score) => score.averagePrecision),
    difference: { mean: mean(differences), ...bootstrapInterval(differences) },
    chance: chanceOf(askers.filter(canAsk), counts),
  };
}

function meanVector(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors[0] ?? [], (_, d) => mean(vectors.map((vector) => vector[d] ?? 0)));
}

interface Spaces {
  readonly before: SpectralConstants;
  readonly after: SpectralConstants;
}

/** Asks recordings that no constants were fitted on, in both spaces. */
export function judgeConstants(recordings: readonly Recording[], { before, after }: Spaces): Judgement {
  const excerpts = recordings.flatMap((recording, i) =>
    excerptsOf(recording).map((values) => ({
      recording: i,
      label: String(i),
      before: projectStatistics(values, before),
      after: projectStatistics(values, after),
    })),
  );
  const tracks = recordings.flatMap(({ label, clips }, recording) => {
    if (label === undefined) return [];
    const track = (constants: SpectralConstants): Float64Array =>
      meanVector(clips.map((values) => projectStatistics(values, constants)));
    return [{ recording, label, before: track(before), after: track(after) }];
  });
  const labels = new Set(tracks.map(({ label }) => label)).size;
  const sameRecording = compare(excerpts);
  const sameLabel = labels > 1 ? compare(tracks) : undefined;
  return {
    ...(sameRecording ? { sameRecording } : {}),
    ...(sameLabel ? { sameLabel: { ...sameLabel, labels } } : {}),
  };
}
