// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type JudgedRecording, judge } from './judge.ts';
import { neighbourRecall } from './neighbour-recall.ts';

/** Unit vectors around a circle. */
const circle = (count: number, turn = 0): Float32Array[] =>
  Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count + turn * Math.sin(i * 7);
    return Float32Array.of(Math.cos(angle), Math.sin(angle));
  });

const recordings = (
  truth: Float32Array[],
  narrow: Float32Array[],
  labels: (string | undefined)[] = [],
): JudgedRecording[] =>
  truth.map((vector, i) => ({
    ...{
      truth: vector,
      narrow: narrow[i]!,
      windows: 2,
      truthMs: 8,
      narrowMs: i === 0 ? 800 : 2,
      truthCpuMs: 8,
      narrowCpuMs: 2,
    },
    label: labels[i],
  }));

const OPTIONS = { similarity: 'cosine', threads: 2 } as const;

describe('neighbourRecall', () => {
  test('is the share of neighbours that stay', () => {
    const truth = [Float32Array.of(1, 0), Float32Array.of(1, 0.1), Float32Array.of(0, 1), Float32Array.of(0.1, 1)];
    const options = { similarity: 'cosine', count: 1 } as const;
    expect(neighbourRecall(truth, truth, options)).toBe(1);
    const swapped = [truth[0]!, truth[2]!, truth[1]!, truth[3]!];
    expect(neighbourRecall(truth, swapped, options)).toBe(0);
    expect(neighbourRecall(truth.slice(0, 1), truth.slice(0, 1), options)).toBeUndefined();
  });

  test('follows the measure of the space', () => {
    const near = Float32Array.of(1, 0);
    const aside = Float32Array.of(1.2, 0.9);
    const far = Float32Array.of(30, 0);
    const vectors = [near, aside, far];
    const swapped = [near, far, aside];
    const recall = (similarity: 'cosine' | 'dot_product' | 'l2_norm') =>
      neighbourRecall(vectors, swapped, { similarity, count: 1 })!;
    // The neighbour of `near`: `far` by direction and by product, `aside` by distance.
    expect(recall('l2_norm')).toBeLessThan(1);
    expect(recall('dot_product')).toBeLessThan(1);
    expect(neighbourRecall([near, aside, far], [near, aside, far], { similarity: 'l2_norm', count: 1 })).toBe(1);
  });
});

describe('judge', () => {
  test('has no objection to a space that finds the same, and measures by turns without the first run', () => {
    const verdict = judge(recordings(circle(40), circle(40)), OPTIONS);
    expect(verdict).toMatchObject({ recordings: 40, windows: 80, recallAt10: 1, objections: [], labels: null });
    expect(verdict.cosine).toEqual({ mean: 1, p5: 1, min: 1 });
    expect(verdict.speed).toEqual({ threads: 2, fp32Ms: 4, int8Ms: 1, timesFp32: 4 });
  });

  test('objects to other neighbours and to too few recordings', () => {
    const { recallAt10, objections } = judge(recordings(circle(20), circle(20, 2)), OPTIONS);
    expect(recallAt10).toBeLessThan(0.95);
    expect(objections).toEqual([
      '20 recordings are left to judge by, at least 30 are needed',
      `recall@10 is ${recallAt10!.toFixed(3)}, at least 0.95 is needed`,
    ]);
    expect(judge([], OPTIONS)).toMatchObject({ recallAt10: null, cosine: null, speed: null });
  });

  test('compares retrieval by label where two labels have two recordings', () => {
    const labels = Array.from({ length: 40 }, (_, i) => (i < 20 ? 'left' : 'right'));
    const halves = circle(40);
    const mixed = halves.map((_, i) => halves[(i * 20 + Math.floor(i / 2)) % 40]!);
    const verdict = judge(recordings(halves, mixed, labels), OPTIONS);
    expect(verdict.labels?.count).toBe(2);
    expect(verdict.labels!.fp32.knn1).toBeGreaterThan(0.9);
    expect(verdict.labels!.change.map).toBeLessThan(-0.1);
    expect(
      judge(
        recordings(
          halves,
          halves,
          labels.map((l, i) => (i > 0 ? 'left' : l)),
        ),
        OPTIONS,
      ).labels,
    ).toBeNull();
  });
});
