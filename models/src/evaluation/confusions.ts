// SPDX-License-Identifier: Apache-2.0
import type { LabelIndex } from './label-index.ts';
import type { Judgement } from './label-judge.ts';

/** How often the nearest neighbour of a recording with one label has another (or the same). */
export interface NeighbourCount {
  readonly label: string;
  readonly neighbour: string;
  readonly count: number;
  /** Of the queries with `label`. */
  readonly share: number;
  /** The most similar such pair, by number of the items. */
  readonly example: { readonly query: number; readonly neighbour: number; readonly similarity: number };
}

interface Counted {
  readonly label: number;
  readonly neighbour: number;
  count: number;
  example: NeighbourCount['example'];
}

/** Labels of both sides that a pair of recordings counts for: those shared, or else each with each. */
function pairsOf(own: Int32Array, other: Int32Array): (readonly [number, number])[] {
  const shared = [...own].filter((label) => other.includes(label));
  if (shared.length > 0) return shared.map((label) => [label, label]);
  return [...own].flatMap((label) => [...other].map((neighbour) => [label, neighbour] as const));
}

/** Nearest neighbours by label of both sides. */
export function countNeighbours(
  judgements: readonly Judgement[],
  { labels, labelsOf }: LabelIndex,
): readonly NeighbourCount[] {
  const counts = new Map<number, Counted>();
  const queries = new Int32Array(labels.length);
  for (const { item, nearest } of judgements) {
    const own = labelsOf[item] as Int32Array;
    for (const label of own) queries[label] = (queries[label] ?? 0) + 1;
    if (!nearest) continue;
    const example = { query: item, neighbour: nearest.item, similarity: nearest.similarity };
    for (const [label, neighbour] of pairsOf(own, labelsOf[nearest.item] as Int32Array)) {
      const key = label * labels.length + neighbour;
      const counted = counts.get(key) ?? { label, neighbour, count: 0, example };
      counted.count++;
      if (example.similarity > counted.example.similarity) counted.example = example;
      counts.set(key, counted);
    }
  }
  return [...counts.values()].map(({ label, neighbour, count, example }) => ({
    label: labels[label] ?? '',
    neighbour: labels[neighbour] ?? '',
    count,
    share: count / (queries[label] ?? 1),
    example,
  }));
}

/** Pairs of different labels, the most frequent first. */
export const wrongNeighbours = (counts: readonly NeighbourCount[]): NeighbourCount[] =>
  counts
    .filter(({ label, neighbour }) => label !== neighbour)
    .sort((a, b) => b.count - a.count || b.share - a.share || a.label.localeCompare(b.label));
