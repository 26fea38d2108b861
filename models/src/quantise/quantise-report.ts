// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from './judge/judge.ts';
import type { SkippedRecording } from './recordings/recording-queue.ts';

/** What is printed, and stored beside the card. */
export interface QuantiseReport {
  readonly space: string;
  readonly from: string;
  readonly weightBits: number;
  readonly layers: number;
  readonly calibration: { readonly recordings: number; readonly windows: number };
  readonly judged: Verdict;
  readonly bytes: { readonly fp32: number; readonly int8: number };
  readonly skipped: readonly SkippedRecording[];
}
