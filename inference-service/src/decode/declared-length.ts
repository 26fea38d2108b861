// SPDX-License-Identifier: Apache-2.0
import type { FfmpegFacts } from './ffmpeg-log.ts';
import type { SamplePlan } from './sample-plan.ts';

/** Containers whose header states the length of the audio (others are measured or guessed while reading). */
const DECLARING = ['wav', 'w64', 'flac', 'mov', 'matroska', 'mp3', 'aiff', 'au', 'caf', 'wv', 'ape'];
/** Encoder delay, padding and rounding make honest files this much shorter than declared. */
const TOLERANCE_SECONDS = 0.25;

interface Measure {
  readonly plan: SamplePlan;
  readonly sampleRateHz: number;
}

const declares = ({ demuxer, streams }: FfmpegFacts): boolean =>
  demuxer !== undefined && streams === 1 && demuxer.split(',').some((name) => DECLARING.includes(name));

/**
 * Whether clearly less came out than the header promises: ffmpeg ends without a word where many formats break off.
 * Files with several streams are left alone, because the declared length may be that of a picture track.
 */
export function isShorterThanDeclared(
  facts: FfmpegFacts,
  framesSeen: number,
  { plan, sampleRateHz }: Measure,
): boolean {
  const { declaredSeconds, isDurationEstimated } = facts;
  if (declaredSeconds === undefined || isDurationEstimated || !declares(facts)) return false;
  const expectedSeconds = Math.min(declaredSeconds, plan.readSeconds);
  return framesSeen / sampleRateHz < expectedSeconds * 0.99 - TOLERANCE_SECONDS;
}

/** How far above the limit a declared length must lie to be believed before the samples are counted. */
const CLEARLY_LONGER = 1.01;
/** The same where the length is guessed from the bit rate. */
const LONGER_EVEN_IF_GUESSED = 2;

/** Whether the header promises so much that there is no use in decoding and embedding up to the limit first. */
export function isDeclaredTooLong(facts: FfmpegFacts, { plan, sampleRateHz }: Measure): boolean {
  if (facts.declaredSeconds === undefined || !declares(facts)) return false;
  const factor = facts.isDurationEstimated ? LONGER_EVEN_IF_GUESSED : CLEARLY_LONGER;
  return facts.declaredSeconds * sampleRateHz > plan.maxFrames * factor;
}
