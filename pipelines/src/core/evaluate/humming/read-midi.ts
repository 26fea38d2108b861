// SPDX-License-Identifier: Apache-2.0
import type { MelodyNote } from '@earshot/models/evaluation';
import { type MidiData, type MidiEvent, parseMidi } from 'midi-file';

/** Notes of one channel in one track. */
export interface MidiPart {
  /** Name of the track, or of its instrument; empty when it has none. */
  readonly name: string;
  /** 0…15; 9 is percussion. */
  readonly channel: number;
  /** By their beginning. */
  readonly notes: readonly MelodyNote[];
}

const DEFAULT_TEMPO = 500_000;

/** Ticks as seconds, by the tempo changes of all tracks. */
function createClock({ header, tracks }: MidiData): (tick: number) => number {
  if (header.framesPerSecond && header.ticksPerFrame) {
    const ticksPerSecond = header.framesPerSecond * header.ticksPerFrame;
    return (tick) => tick / ticksPerSecond;
  }
  if (!header.ticksPerBeat) throw new SyntaxError('its header says nothing about time');
  const secondsPerTick = (microsecondsPerBeat: number): number =>
    microsecondsPerBeat / 1e6 / (header.ticksPerBeat ?? 1);
  const changes = tracks.flatMap((track) => {
    let tick = 0;
    return track.flatMap((event) => {
      tick += event.deltaTime;
      return event.type === 'setTempo' ? [{ tick, perTick: secondsPerTick(event.microsecondsPerBeat) }] : [];
    });
  });
  const tempos = [{ tick: 0, seconds: 0, perTick: secondsPerTick(DEFAULT_TEMPO) }];
  for (const { tick, perTick } of changes.sort((a, b) => a.tick - b.tick)) {
    const last = tempos.at(-1) as (typeof tempos)[number];
    tempos.push({ tick, seconds: last.seconds + (tick - last.tick) * last.perTick, perTick });
  }
  return (tick) => {
    const tempo = tempos.findLast((one) => one.tick <= tick) as (typeof tempos)[number];
    return tempo.seconds + (tick - tempo.tick) * tempo.perTick;
  };
}

const nameOf = (track: readonly MidiEvent[]): string =>
  (['trackName', 'instrumentName'] as const)
    .flatMap((type) => track.flatMap((event) => (event.type === type ? [event.text.trim()] : [])))
    .find((name) => name !== '') ?? '';

/** A note sounds until its end, its next beginning, or the end of the track. */
function partsOfTrack(track: readonly MidiEvent[], clock: (tick: number) => number): MidiPart[] {
  const parts = new Map<number, MelodyNote[]>();
  const sounding = new Map<string, { readonly tick: number; readonly channel: number; readonly pitch: number }>();
  let tick = 0;
  const end = (key: string): void => {
    const note = sounding.get(key);
    if (!note) return;
    sounding.delete(key);
    if (tick <= note.tick) return;
    const startSeconds = clock(note.tick);
    const notes = parts.get(note.channel) ?? [];
    notes.push({ startSeconds, seconds: clock(tick) - startSeconds, pitch: note.pitch });
    parts.set(note.channel, notes);
  };
  for (const event of track) {
    tick += event.deltaTime;
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const { channel, noteNumber: pitch } = event;
    const key = `${channel} ${pitch}`;
    end(key);
    if (event.type === 'noteOn') sounding.set(key, { tick, channel, pitch });
  }
  for (const key of [...sounding.keys()]) end(key);
  const name = nameOf(track);
  return [...parts].map(([channel, notes]) => ({
    name,
    channel,
    notes: notes.sort((a, b) => a.startSeconds - b.startSeconds),
  }));
}

/**
 * The notes of a standard MIDI file, by track and channel.
 * @throws SyntaxError saying what is wrong with the file
 */
export function readMidi(bytes: Uint8Array): MidiPart[] {
  let midi: MidiData;
  try {
    midi = parseMidi(bytes);
  } catch (cause) {
    // The parser throws words.
    throw new SyntaxError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const clock = createClock(midi);
  const parts = midi.tracks.flatMap((track) => partsOfTrack(track, clock));
  // The parser takes much for a file; what has no notes is none, or of no use as one.
  if (parts.length === 0) throw new SyntaxError('it has no notes');
  return parts;
}
