// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '../../card.ts';
import { dot, toUnit } from './unit-vector.ts';

type Vectors = readonly Float32Array[];

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}

/** Numbers of the nearest `count` others of each vector. */
function neighbours(vectors: Vectors, similarity: Similarity, count: number): readonly Set<number>[] {
  const comparable = similarity === 'cosine' ? vectors.map(toUnit) : vectors;
  const score = (a: Float32Array, b: Float32Array): number =>
    similarity === 'l2_norm' ? -squaredDistance(a, b) : dot(a, b);
  return comparable.map((query, q) => {
    const ranked = comparable.map((other, i) => ({
      i,
      score: i === q ? Number.NEGATIVE_INFINITY : score(query, other),
    }));
    ranked.sort((a, b) => b.score - a.score);
    return new Set(ranked.slice(0, count).map(({ i }) => i));
  });
}

/**
 * Share of the nearest neighbours in one space that are among the nearest in the other too, exact search among the same
 * recordings.
 * @returns undefined where there are not even two vectors
 */
export function neighbourRecall(
  truth: Vectors,
  other: Vectors,
  { similarity, count }: { readonly similarity: Similarity; readonly count: number },
): number | undefined {
  const wanted = Math.min(count, truth.length - 1);
  if (wanted < 1) return undefined;
  const found = neighbours(other, similarity, wanted);
  const shares = neighbours(truth, similarity, wanted).map(
    (set, q) => set.intersection(found[q] ?? new Set()).size / wanted,
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** Cosine of each vector with its counterpart. */
export const counterpartCosines = (truth: Vectors, other: Vectors): number[] =>
  truth.map((vector, i) => dot(toUnit(vector), toUnit(other[i] as Float32Array)));
