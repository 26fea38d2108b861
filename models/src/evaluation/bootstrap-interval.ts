// SPDX-License-Identifier: Apache-2.0
import { createSeededDraw } from './seeded-draw.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly resamples?: number;
  /** Share of resampled means inside the interval. */
  readonly confidence?: number;
  readonly seed?: number;
  /** Group number of each value: values of one group are drawn together, since they are not independent. */
  readonly groups?: ArrayLike<number> | undefined;
}

interface Cluster {
  sum: number;
  count: number;
}

function clustersOf(values: readonly number[], groups: ArrayLike<number> | undefined): Cluster[] {
  if (!groups) return values.map((sum) => ({ sum, count: 1 }));
  const clusters = new Map<number, Cluster>();
  values.forEach((value, i) => {
    const group = groups[i] as number;
    const cluster = clusters.get(group) ?? { sum: 0, count: 0 };
    cluster.sum += value;
    cluster.count++;
    clusters.set(group, cluster);
  });
  return [...clusters.values()];
}

/**
 * Percentile bootstrap interval of a mean (Efron 1979), seeded: the same values give the same interval. For the
 * difference of two systems on the same queries, give the differences.
 */
export function bootstrapInterval(
  values: readonly number[],
  { resamples = 2000, confidence = 0.95, seed = 1, groups }: BootstrapOptions = {},
): Interval {
  if (values.length === 0) throw new RangeError('a mean needs at least one value');
  const clusters = clustersOf(values, groups);
  const draw = createSeededDraw(seed);
  const means = Array.from({ length: resamples }, () => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < clusters.length; i++) {
      const cluster = clusters[draw(clusters.length)] as Cluster;
      sum += cluster.sum;
      count += cluster.count;
    }
    return sum / count;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? 0;
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
