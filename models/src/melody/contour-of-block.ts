// SPDX-License-Identifier: Apache-2.0
import type { CardMelody } from '../card.ts';
import { holdPitch } from './contour.ts';
import { createFrameJoiner } from './melody-frames.ts';
import { pitchTrackOf } from './pitch-track.ts';

/**
 * One block of frames → the contour of all that is voiced in it: what golden vectors are made of.
 * @param rows float32 [perWindow × channels] as the graph gives them
 * @returns float32 [points]; null where fewer than 10 frames are voiced
 */
export function contourOfBlock(
  rows: Float32Array,
  { frames: { perWindow }, encoder: { points } }: Pick<CardMelody, 'frames' | 'encoder'>,
): Float32Array | null {
  const joiner = createFrameJoiner();
  joiner.add(0, rows, perWindow);
  return holdPitch(pitchTrackOf(joiner.result()).pitch).contour({ from: 0, to: perWindow }, points);
}
