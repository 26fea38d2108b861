// SPDX-License-Identifier: Apache-2.0
import type { CorpusPart } from './corpus-statistics.ts';

const SEED = 'spectral-1';
const PARTS = 8;

/** What the shipped constants are fitted on. Change it and every stored `spectral` vector is outdated. */
export const FIT_PLAN: readonly CorpusPart[] = Array.from({ length: PARTS }, (_, i) => ({
  seed: `${SEED}/${i}`,
  clipsPerRecipe: 2,
  takes: 3,
}));
