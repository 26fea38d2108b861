// SPDX-License-Identifier: Apache-2.0
import type { CardMelody } from '../card.ts';
import type { HeldPitch, Stretch } from './contour.ts';
import type { FrameShape } from './index-windows.ts';
import { type PitchTrack, voicedPart } from './pitch-track.ts';

/** Where several sound together a query need not begin as the song does: windows all over it, 3.2 s · 1.08^i as measured. */
const LINE_DURATIONS_MS = [3200, 4700, 6900, 10_200];
const LINE_STEP_MS = 1000;
const MOST_LINE_WINDOWS = 24;

/** Windows of one duration, from every step on. */
function lineWindows([first, end]: readonly [number, number], hopMs: number): Stretch[] {
  const windows: Stretch[] = [];
  for (const durationMs of LINE_DURATIONS_MS) {
    const frames = Math.round(durationMs / hopMs);
    for (let ms = 0; first + Math.round(ms / hopMs) + frames <= end; ms += LINE_STEP_MS) {
      const from = first + Math.round(ms / hopMs);
      windows.push({ from, to: from + frames });
    }
  }
  const share = Math.min(1, MOST_LINE_WINDOWS / windows.length);
  return windows.filter((_, at) => Math.floor(at * share) !== Math.floor((at - 1) * share));
}

/**
 * The stretches of a query that get a vector each; none without a melody. Of a single voice the beginnings, since the song
 * that is meant may go on differently; of a mix windows all over it.
 */
export function queryVersions(
  { source, pitch }: PitchTrack,
  held: HeldPitch,
  { prefixes, hopMs }: Pick<CardMelody['query'], 'prefixes'> & FrameShape,
): Stretch[] {
  const part = voicedPart(pitch);
  if (!part) return [];
  const [first, end] = part;
  const windows = source === 'dominant' ? lineWindows(part, hopMs) : [];
  const beginnings = prefixes.map((share) => ({ from: first, to: first + Math.round((end - first) * share) }));
  // What is shorter than the shortest window has its beginnings.
  const versions = windows.length > 0 ? windows : beginnings;
  return versions.filter((version) => held.cut(version) !== null);
}
