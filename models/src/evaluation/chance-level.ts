// SPDX-License-Identifier: Apache-2.0
import type { LabelIndex } from './label-index.ts';
import { type Judgement, type QueryScore, VOTERS, voteForLabel } from './label-judge.ts';
import { meanScore } from './label-retrieval.ts';
import { createSeededDraw } from './seeded-draw.ts';

/** Random votes that are counted, over all queries. */
const VOTES = 20_000;

function createHarmonic(): (n: number) => number {
  const sums = [0];
  return (n) => {
    for (let k = sums.length; k <= n; k++) sums.push((sums[k - 1] as number) + 1 / k);
    return sums[n] as number;
  };
}

/** Expected average precision of a random ranking: the mean over ranks k of (1 + (k − 1)(R − 1)/(N − 1))/k. */
function expectedPrecision({ gallery: n, relevant: r }: Judgement, harmonic: (n: number) => number): number {
  if (r === 0) return 0;
  const others = n > 1 ? (r - 1) / (n - 1) : 0;
  return (harmonic(n) + others * (n - harmonic(n))) / n;
}

/** Share of `votes` of five random neighbours that fall on a label of the item. */
function createRandomVote({ labelsOf, groups }: LabelIndex, seed: number): (of: Judgement, votes: number) => number {
  const draw = createSeededDraw(seed);
  return ({ item, gallery }, votes) => {
    const voters = Math.min(VOTERS, gallery);
    let right = 0;
    for (let vote = 0; vote < votes && voters > 0; vote++) {
      const rows = new Set<number>();
      while (rows.size < voters) {
        const row = draw(groups.length);
        if (groups[row] !== groups[item]) rows.add(row);
      }
      const winner = voteForLabel([...rows].map((row) => labelsOf[row] as Int32Array));
      if (winner !== undefined && labelsOf[item]?.includes(winner)) right++;
    }
    return right / votes;
  };
}

/**
 * What a random ranking of the same galleries would score, on average: exact, but for the vote of five, which is drawn
 * at random 20,000 times.
 */
export function chanceLevel(judgements: readonly Judgement[], index: LabelIndex, seed = 1): QueryScore {
  const harmonic = createHarmonic();
  const randomVote = createRandomVote(index, seed);
  const votes = Math.ceil(VOTES / Math.max(1, judgements.length));
  return meanScore(
    judgements.map((judgement) => {
      const share = judgement.relevant / Math.max(1, judgement.gallery);
      return {
        knn1: share,
        knn5: randomVote(judgement, votes),
        precision10: share,
        averagePrecision: expectedPrecision(judgement, harmonic),
      };
    }),
  );
}
