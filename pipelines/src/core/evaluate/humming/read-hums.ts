// SPDX-License-Identifier: Apache-2.0
import { parsePitchLabels } from '@earshot/models/evaluation';
import { runConcurrently } from '../../sync/run-concurrently.ts';
import type { UnreadableRecording } from '../collection.ts';
import { askWithPitch, type GivenPitch } from './contour-vectors.ts';
import { type MelodyFiles, type MelodyFolder, withoutEnding } from './list-files.ts';
import {
  bytesOf,
  hear,
  hummedMelodyOf,
  isUnreadable,
  type MelodyEars,
  type NamedEntry,
  readFile,
} from './melody-ears.ts';
import type { HummedMelody } from './song-pool.ts';

/** A hum, by whose pitch it is known. */
export interface ReadHum {
  readonly key: string;
  /** Undefined where there is none. */
  readonly melody: HummedMelody | undefined;
}

interface Hums {
  /** In the order of their keys, without those that could not be read. */
  readonly audio: readonly ReadHum[];
  /** Those that have labels, in the same order. */
  readonly labels: readonly ReadHum[];
  readonly unreadable: readonly UnreadableRecording[];
}

interface Request {
  readonly folder: MelodyFolder;
  readonly files: MelodyFiles;
}

async function hearHum(
  folder: MelodyFolder,
  { key, entry }: NamedEntry,
  ears: MelodyEars,
): Promise<ReadHum | UnreadableRecording> {
  const heard = await readFile(folder, { key, entry, signal: ears.signal }, (recording) =>
    hear(ears, key, { recording, inputType: 'search' }),
  );
  return isUnreadable(heard) ? heard : { key, melody: hummedMelodyOf(heard) };
}

async function readLabels(
  folder: MelodyFolder,
  { key, entry }: NamedEntry,
  signal: AbortSignal,
): Promise<GivenPitch | UnreadableRecording> {
  return readFile(folder, { key, entry, signal }, async (file) => {
    try {
      return { id: key, pitch: parsePitchLabels((await bytesOf(file)).toString('utf8')) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { key: `${withoutEnding(key)}.pv`, code: 'labels_unreadable', reason: error.message };
    }
  });
}

async function* listed(entries: readonly NamedEntry[]): AsyncGenerator<NamedEntry> {
  yield* entries;
}

/** Hums as the space hears them, and as people have marked their pitch. */
export async function readHums({ folder, files }: Request, ears: MelodyEars): Promise<Hums> {
  const { reporter, atOnce: limit, signal } = ears;
  const total = files.recordings.size;
  const entries = [...files.recordings].map(([key, entry]) => ({ key, entry }));
  const [audio, given] = [new Map<string, ReadHum>(), new Map<string, GivenPitch>()];
  const unreadable: UnreadableRecording[] = [];
  let done = 0;
  await runConcurrently(listed(entries), { limit, signal }, async ({ key, entry }) => {
    const labels = files.labels.get(withoutEnding(key));
    const pitch = labels && (await readLabels(folder, { key, entry: labels }, signal));
    if (pitch && isUnreadable(pitch)) unreadable.push(pitch);
    else if (pitch) given.set(key, pitch);
    const heard = await hearHum(folder, { key, entry }, ears);
    if (isUnreadable(heard)) unreadable.push(heard);
    else audio.set(key, heard);
    reporter.progress({ done: ++done, total, unit: 'hums' });
  });
  signal.throwIfAborted();
  const inOrder = entries.flatMap(({ key }) => given.get(key) ?? []);
  const melodies = await askWithPitch(inOrder, ears);
  return {
    audio: entries.flatMap(({ key }) => audio.get(key) ?? []),
    labels: inOrder.map(({ id }, i) => ({ key: id, melody: melodies[i] })),
    unreadable,
  };
}
