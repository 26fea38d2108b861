// SPDX-License-Identifier: Apache-2.0
import type { LabelIndex } from './label-index.ts';
import { createGalleryRanker, type RankedGallery } from './rank-gallery.ts';
import type { VectorBlock } from './vector-block.ts';

/** Quality of one query's ranked gallery; every measure is 0…1. */
export interface QueryScore {
  /** 1 when the nearest neighbour shares a label with the query. */
  readonly knn1: number;
  /** 1 when the five nearest vote for a label of the query. */
  readonly knn5: number;
  /** Share of the first ten that share a label with the query. */
  readonly precision10: number;
  /** Average precision over the whole ranked gallery. */
  readonly averagePrecision: number;
}

/** How one item's neighbours were judged. */
export interface Judgement extends QueryScore {
  readonly item: number;
  /** Items of other groups. */
  readonly gallery: number;
  /** How many of them share a label: with 0 the query has no answer, and every measure is 0. */
  readonly relevant: number;
  /** Rank (1 = nearest) of the first that does. */
  readonly firstHit: number | undefined;
  /** The nearest neighbour; undefined in an empty gallery. */
  readonly nearest: { readonly item: number; readonly similarity: number } | undefined;
  /** Whether each of the first {@link JUDGED_RANKS} shares a label. */
  readonly hits: readonly boolean[];
}

/** Ranks for which hits are kept. */
export const JUDGED_RANKS = 20;
/** Neighbours that vote. */
export const VOTERS = 5;

/** Weight of the neighbour at `rank` (0-based) in a vote: nearly equal, nearer ones decide ties. */
const voteWeight = (rank: number): number => 1 / (1 + 0.001 * rank);

/** Label with the largest sum of weights; ties go to the one that came first. @param voters label numbers of each, nearest first */
export function voteForLabel(voters: readonly Int32Array[]): number | undefined {
  const weights = new Map<number, number>();
  voters.forEach((labels, rank) => {
    for (const label of labels) weights.set(label, (weights.get(label) ?? 0) + voteWeight(rank));
  });
  return [...weights].reduce<readonly [number, number] | undefined>(
    (best, entry) => (best === undefined || entry[1] > best[1] ? entry : best),
    undefined,
  )?.[0];
}

interface Relevance {
  readonly hits: boolean[];
  readonly relevant: number;
  readonly firstHit: number | undefined;
  readonly averagePrecision: number;
}

/** Walks the whole gallery: the mean of the precisions at the ranks of what is relevant is the average precision. */
function judgeRelevance({ length, rows }: RankedGallery, isRelevant: Uint8Array): Relevance {
  const hits: boolean[] = [];
  let [relevant, sum] = [0, 0];
  let firstHit: number | undefined;
  for (let rank = 0; rank < length; rank++) {
    const hit = isRelevant[rows[rank] as number] === 1;
    if (rank < JUDGED_RANKS) hits.push(hit);
    if (!hit) continue;
    firstHit ??= rank + 1;
    sum += ++relevant / (rank + 1);
  }
  return { hits, relevant, firstHit, averagePrecision: relevant === 0 ? 0 : sum / relevant };
}

/** Which items share a label with one: 1 for those that do. Valid until the next call. */
function createMarker({ labels, labelsOf }: LabelIndex): (item: number) => Uint8Array {
  const starts = new Int32Array(labelsOf.length + 1);
  for (const [i, own] of labelsOf.entries()) starts[i + 1] = (starts[i] as number) + own.length;
  const all = new Int32Array(starts.at(-1) ?? 0);
  for (const [i, own] of labelsOf.entries()) all.set(own, starts[i]);
  const isWanted = new Uint8Array(labels.length);
  const marks = new Uint8Array(labelsOf.length);
  return (item) => {
    isWanted.fill(0);
    for (const label of labelsOf[item] ?? []) isWanted[label] = 1;
    for (let row = 0; row < marks.length; row++) {
      let isShared = 0;
      for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
        isShared |= isWanted[all[at] as number] as number;
      marks[row] = isShared;
    }
    return marks;
  };
}

/**
 * Leave-one-group-out retrieval by exact cosine: an item asks all items of other groups.
 * @returns a function from an item's number to its judgement
 */
export function createLabelJudge(index: LabelIndex, block: VectorBlock): (item: number) => Judgement {
  const { labelsOf, groups } = index;
  const rank = createGalleryRanker(block, groups);
  const markShared = createMarker(index);
  return (item) => {
    const isRelevant = markShared(item);
    const gallery = rank(item);
    const relevance = judgeRelevance(gallery, isRelevant);
    const voters = [...gallery.rows.subarray(0, Math.min(VOTERS, gallery.length))].map(
      (row) => labelsOf[row] as Int32Array,
    );
    const vote = voteForLabel(voters);
    const ten = relevance.hits.slice(0, 10);
    return {
      item,
      gallery: gallery.length,
      nearest:
        gallery.length > 0 ? { item: gallery.rows[0] as number, similarity: gallery.similarityAt(0) } : undefined,
      ...relevance,
      knn1: ten[0] ? 1 : 0,
      knn5: vote !== undefined && labelsOf[item]?.includes(vote) ? 1 : 0,
      precision10: ten.filter(Boolean).length / Math.max(1, ten.length),
    };
  };
}
