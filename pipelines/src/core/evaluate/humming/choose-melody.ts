// SPDX-License-Identifier: Apache-2.0
import type { MelodyNote } from '@earshot/models/evaluation';
import type { MidiPart } from './read-midi.ts';

const PERCUSSION = 9;
const MELODY_NAME = /melod|vocal|voice|sing|lead/i;
/** A tune sounds at least this share of the time that the busiest part does; less is a fill-in. */
const LEAST_SHARE = 0.3;
/** Share of its sounding time in which a line has one note only; players' notes overlap a little. */
const LINE_SHARE = 0.9;

interface Sounding {
  /** Time in which anything sounds, and in which exactly one note does. */
  readonly any: number;
  readonly one: number;
}

function measureSounding(notes: readonly MelodyNote[]): Sounding {
  const edges = notes.flatMap(({ startSeconds, seconds }) => [
    { at: startSeconds, change: 1 },
    { at: startSeconds + seconds, change: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.change - b.change);
  let [any, one, count, since] = [0, 0, 0, 0];
  for (const { at, change } of edges) {
    if (count > 0) any += at - since;
    if (count === 1) one += at - since;
    count += change;
    since = at;
  }
  return { any, one };
}

/** Semitones, each note weighted by its length. */
function meanPitch(notes: readonly MelodyNote[]): number {
  const seconds = notes.reduce((sum, note) => sum + note.seconds, 0);
  return notes.reduce((sum, note) => sum + note.pitch * note.seconds, 0) / seconds;
}

const highest = (parts: readonly MidiPart[]): MidiPart | undefined =>
  parts.toSorted((a, b) => meanPitch(b.notes) - meanPitch(a.notes))[0];

/**
 * The part of a score that a person would hum: no percussion, nothing that sounds rarely; the one whose track is called
 * melody, voice or lead, else the highest one that plays a single line, else all parts, whose highest notes are the tune.
 */
export function chooseMelody(parts: readonly MidiPart[]): readonly MelodyNote[] {
  const pitched = parts
    .filter(({ channel, notes }) => channel !== PERCUSSION && notes.length > 0)
    .map((part) => ({ ...part, sounding: measureSounding(part.notes) }));
  const longest = Math.max(0, ...pitched.map(({ sounding }) => sounding.any));
  const steady = pitched.filter(({ sounding }) => sounding.any >= LEAST_SHARE * longest);
  const named = steady.filter(({ name }) => MELODY_NAME.test(name));
  const lines = steady.filter(({ sounding }) => sounding.one >= LINE_SHARE * sounding.any);
  return (highest(named) ?? highest(lines))?.notes ?? pitched.flatMap(({ notes }) => notes);
}
