// SPDX-License-Identifier: Apache-2.0
import type { CorpusPart } from './corpus-statistics.ts';

/** What the shipped constants are fitted on. Change it and every stored `spectral` vector is outdated. */
export const FIT = {
  seed: 1,
  clips: 480,
  /** The corpus is made in parts with seeds of their own, so that threads can share the work. */
  partCount: 8,
  parts(): CorpusPart[] {
    return Array.from({ length: this.partCount }, (_, i) => ({
      clips: this.clips / this.partCount,
      seed: this.seed * 1000 + i,
    }));
  },
} as const;
