// SPDX-License-Identifier: Apache-2.0
import { generateMelodies, pitchTrackOfNotes } from '@earshot/models/evaluation';
import { runConcurrently } from '../../sync/run-concurrently.ts';
import type { UnreadableRecording } from '../collection.ts';
import { chooseMelody } from './choose-melody.ts';
import { type GivenPitch, indexPitch } from './contour-vectors.ts';
import type { MelodyFiles, MelodyFolder } from './list-files.ts';
import { bytesOf, hear, isUnreadable, type MelodyEars, type NamedEntry, readFile, songOf } from './melody-ears.ts';
import { readMidi } from './read-midi.ts';
import type { PoolSong, Scope } from './song-pool.ts';

interface Targets {
  readonly songs: readonly PoolSong[];
  readonly unreadable: readonly UnreadableRecording[];
}

interface Request {
  readonly folder: MelodyFolder;
  readonly files: MelodyFiles;
  readonly scopes: readonly Scope[];
}

async function* listed(entries: ReadonlyMap<string, NamedEntry['entry']>): AsyncGenerator<NamedEntry> {
  for (const [key, entry] of entries) yield { key, entry };
}

/** The melody of a score. */
async function readScore(
  folder: MelodyFolder,
  { key, entry }: NamedEntry,
  signal: AbortSignal,
): Promise<GivenPitch | UnreadableRecording> {
  return readFile(folder, { key, entry, signal }, async (file) => {
    try {
      return { id: key, pitch: pitchTrackOfNotes(chooseMelody(readMidi(await bytesOf(file)))) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { key, code: 'midi_unreadable', reason: error.message };
    }
  });
}

/** A song of a recording, with the windows it would be indexed with. */
async function readRecordedSong(
  folder: MelodyFolder,
  { key, entry }: NamedEntry,
  ears: MelodyEars,
): Promise<PoolSong | UnreadableRecording> {
  const heard = await readFile(folder, { key, entry, signal: ears.signal }, (recording) =>
    hear(ears, key, { recording, inputType: 'ingest' }),
  );
  return isUnreadable(heard) ? heard : songOf(key, heard);
}

/** Songs that hums may mean: from MIDI files and recordings, in the order of their keys. */
export async function readTargets({ folder, files, scopes }: Request, ears: MelodyEars): Promise<Targets> {
  const { reporter, atOnce: limit, signal } = ears;
  const total = files.scores.size + files.recordings.size;
  const [songs, given, unreadable]: [PoolSong[], GivenPitch[], UnreadableRecording[]] = [[], [], []];
  let done = 0;
  const count = (): void => reporter.progress({ done: ++done, total, unit: 'targets' });
  await runConcurrently(listed(files.scores), { limit, signal }, async (named) => {
    const score = await readScore(folder, named, signal);
    if (isUnreadable(score)) unreadable.push(score);
    else given.push(score);
    count();
  });
  await runConcurrently(listed(files.recordings), { limit, signal }, async (named) => {
    const song = await readRecordedSong(folder, named, ears);
    if (isUnreadable(song)) unreadable.push(song);
    else songs.push(song);
    count();
  });
  signal.throwIfAborted();
  for await (const song of indexPitch(given, scopes, ears)) songs.push(song);
  return { songs: songs.toSorted((a, b) => (a.id < b.id ? -1 : 1)), unreadable };
}

/** Name of a generated song: no file is called so. */
const generatedId = (number: number): string => `generated melody ${number}`;

/** Songs that nobody means, made of the same seed again and again. */
export async function generateSongs(
  { count, seed, scopes }: { readonly count: number; readonly seed: number; readonly scopes: readonly Scope[] },
  ears: MelodyEars,
): Promise<PoolSong[]> {
  const given = generateMelodies(count, seed).map((notes, i) => ({
    id: generatedId(i + 1),
    pitch: pitchTrackOfNotes(notes),
  }));
  const songs: PoolSong[] = [];
  for await (const song of indexPitch(given, scopes, ears)) {
    songs.push(song);
    ears.reporter.progress({ done: songs.length, total: count, unit: 'generated melodies' });
  }
  return songs;
}
