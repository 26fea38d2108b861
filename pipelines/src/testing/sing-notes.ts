// SPDX-License-Identifier: Apache-2.0
import { renderWav } from '@earshot/e2e/support';
import type { MelodyNote } from '@earshot/models/evaluation';

const HARMONICS = [1, 0.6, 0.4, 0.25, 0.15];
const EDGE_SECONDS = 0.02;
/** Share of each note that sounds; the rest is a breath. */
const HELD = 0.94;

/** Notes as a plain voice sings them, one after the other, as a mono wav: what there is to be heard is known to the cent. */
export function singNotes(notes: readonly MelodyNote[]): Buffer {
  const last = notes.at(-1);
  let current = 0;
  const voice = (second: number): number => {
    while (current < notes.length - 1 && second >= (notes[current + 1] as MelodyNote).startSeconds) current++;
    const { startSeconds, seconds, pitch } = notes[current] as MelodyNote;
    const since = second - startSeconds;
    const edge = Math.min(1, since / EDGE_SECONDS, (HELD * seconds - since) / EDGE_SECONDS);
    if (edge <= 0) return 0;
    const turns = 2 * Math.PI * 440 * 2 ** ((pitch - 69) / 12) * since;
    return 0.2 * edge * HARMONICS.reduce((sum, gain, h) => sum + gain * Math.sin((h + 1) * turns), 0);
  };
  return renderWav(voice, last ? last.startSeconds + last.seconds : 0, 'Hum');
}
