// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../../earshot-error.ts';
import type { UnreadableRecording } from '../collection.ts';
import { type AskedHum, evaluateHumming, type HummingResult, type PitchSource } from './evaluate-humming.ts';
import { listMelodyFiles, type MelodyFiles, type MelodyFolder } from './list-files.ts';
import { matchByName, matchByTable, peopleOf, type Truth, type TruthLine } from './match-truth.ts';
import type { MelodyEars } from './melody-ears.ts';
import { type ReadHum, readHums } from './read-hums.ts';
import { generateSongs, readTargets } from './read-targets.ts';
import type { PoolSong, Scope } from './song-pool.ts';

interface Request {
  readonly hums: MelodyFolder;
  readonly targets: MelodyFolder;
  /** Undefined: a hum means the target of its name. */
  readonly truth: readonly TruthLine[] | undefined;
  /** Generated melodies among the targets. */
  readonly distractors: number;
  readonly scopes: readonly Scope[];
  readonly seed: number;
}

/** What was asked, by whom, among what. */
export interface HummingCounts {
  /** Recordings in the folder of hums, and those of them whose song is a target. */
  readonly hums: number;
  readonly withSong: number;
  /** Hums with labelled pitch. */
  readonly labelled: number;
  /** Undefined where folders name nobody. */
  readonly people: number | undefined;
  readonly targets: number;
  readonly distractors: number;
  /** Songs that can be found: targets and distractors with a melody. */
  readonly pool: number;
}

export interface HummingEvaluation {
  readonly counts: HummingCounts;
  readonly results: readonly HummingResult[];
  /** Keys of hums in which the space, or the labels, have no melody; they count as not found. */
  readonly withoutMelody: Readonly<Record<PitchSource, readonly string[]>>;
  /** Keys of targets that nothing can find. */
  readonly silentTargets: readonly string[];
  readonly unreadable: readonly UnreadableRecording[];
}

const nothing = (problem: string, remedy: string): EarshotError =>
  new EarshotError('NOTHING_TO_EVALUATE', problem, { remedy });

function matchFiles({ hums, targets, truth: lines }: Request, files: Record<'hums' | 'targets', MelodyFiles>): Truth {
  const humKeys = [...files.hums.recordings.keys()];
  const targetKeys = [...files.targets.recordings.keys(), ...files.targets.scores.keys()];
  if (humKeys.length === 0) throw nothing(`${hums.store.root} has no recordings`, 'Name the folder of the hums.');
  if (targetKeys.length === 0)
    throw nothing(`${targets.store.root} has neither MIDI files nor recordings`, 'Name the folder of the songs.');
  const truth = lines ? matchByTable(lines, { hums: humKeys, targets: targetKeys }) : matchByName(humKeys, targetKeys);
  if ([...truth.values()].some((target) => target !== undefined)) return truth;
  throw nothing(
    `None of ${humKeys.length} hums has a target of the same name among ${targetKeys.length}`,
    'Rename them, or say with --truth which hum means which: a table with the columns hum and target.',
  );
}

function askedOf(hums: readonly ReadHum[], truth: Truth, personOf: ReadonlyMap<string, string>): AskedHum[] {
  return hums.map(({ key, melody }) => ({ key, melody, target: truth.get(key), person: personOf.get(key) }));
}

const isPlaced = ({ windows }: PoolSong): boolean => windows.length > 0;
const unheard = (hums: readonly ReadHum[]): string[] => hums.filter(({ melody }) => !melody).map(({ key }) => key);

/**
 * Measures how well hums find their songs: all are heard by the inference service, and searched in memory.
 * @throws EarshotError NOTHING_TO_EVALUATE, USAGE, SOURCE_UNREADABLE, INFERENCE_UNAVAILABLE; the reason of the signal
 */
export async function runHumming(request: Request, ears: MelodyEars): Promise<HummingEvaluation> {
  const { signal, reporter } = ears;
  const { scopes, seed, distractors: count } = request;
  const files = {
    hums: await listMelodyFiles(request.hums, signal),
    targets: await listMelodyFiles(request.targets, signal),
  };
  const truth = matchFiles(request, files);
  const humKeys = [...truth.keys()];
  const people = peopleOf(humKeys);
  const personOf = new Map(people?.map((person, i) => [humKeys[i] as string, person]));
  const targets = await readTargets({ folder: request.targets, files: files.targets, scopes }, ears);
  const generated = await generateSongs({ count, seed, scopes }, ears);
  const hums = await readHums({ folder: request.hums, files: files.hums }, ears);
  const pool = [...targets.songs, ...generated].filter(isPlaced);
  const audio = askedOf(hums.audio, truth, personOf);
  const labels = askedOf(hums.labels, truth, personOf);
  const isAsked = (asked: readonly AskedHum[]): boolean => asked.some(({ target }) => target !== undefined);
  if (pool.length === 0 || !isAsked(audio))
    throw nothing(
      'No song has a melody, or no hum of one could be read',
      'See what could not be read: --json lists it.',
    );
  const asked = [
    { pitch: 'audio' as const, hums: audio },
    ...(isAsked(labels) ? [{ pitch: 'labels' as const, hums: labels }] : []),
  ];
  return {
    counts: {
      hums: humKeys.length,
      withSong: [...truth.values()].filter((target) => target !== undefined).length,
      labelled: hums.labels.length,
      people: people && new Set(people).size,
      targets: files.targets.recordings.size + files.targets.scores.size,
      distractors: generated.length,
      pool: pool.length,
    },
    results: await evaluateHumming(pool, asked, { scopes, seed, signal, reporter }),
    withoutMelody: { audio: unheard(hums.audio), labels: unheard(hums.labels) },
    silentTargets: targets.songs.filter((song) => !isPlaced(song)).map(({ id }) => id),
    unreadable: [...targets.unreadable, ...hums.unreadable],
  };
}
