// SPDX-License-Identifier: Apache-2.0
import type { FfmpegFacts } from './ffmpeg-log.ts';
import type { SamplePlan } from './sample-plan.ts';

/** Containers whose header states the length of the audio (others are measured or guessed while reading). */
const DECLARING = ['wav', 'w64', 'flac', 'mov', 'matroska', 'mp3', 'aiff', 'au', 'caf', 'wv', 'ape'];
/** Encoder delay, padding and rounding make honest files this much shorter than declared. */
const TOLERANCE_SECONDS = 0.25;

/**
 * Whether clearly less came out than the header promises: ffmpeg ends without a word where many formats break off.
 * Files with several streams are left alone, because the declared length may be that of a picture track.
 */
export function isShorterThanDeclared(
  facts: FfmpegFacts,
  framesSeen: number,
  options: { readonly plan: SamplePlan; readonly sampleRateHz: number },
): boolean {
  const { demuxer, declaredSeconds, isDurationEstimated, streams } = facts;
  if (demuxer === undefined || declaredSeconds === undefined || isDurationEstimated || streams !== 1) return false;
  if (!demuxer.split(',').some((name) => DECLARING.includes(name))) return false;
  const expectedSeconds = Math.min(declaredSeconds, options.plan.readSeconds);
  return framesSeen / options.sampleRateHz < expectedSeconds * 0.99 - TOLERANCE_SECONDS;
}
