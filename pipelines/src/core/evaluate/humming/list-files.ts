// SPDX-License-Identifier: Apache-2.0
import type { Entry, ObjectStore } from '../../../ports/object-store.ts';
import type { ReadRecording } from '../../../ports/recording-reader.ts';
import { EarshotError } from '../../earshot-error.ts';
import { extensionOf, isNamedAudio } from '../../sync/audio-names.ts';
import { type FilterSettings, filterObject } from '../../sync/filter-object.ts';
import { relativeKey } from '../../sync/relative-key.ts';

/** A folder, or a prefix in a bucket, and how what lies there is read. */
export interface MelodyFolder {
  readonly store: ObjectStore;
  readonly filter: FilterSettings;
  readonly readRecording: ReadRecording;
}

/** What lies in a folder, by key below it. */
export interface MelodyFiles {
  readonly recordings: ReadonlyMap<string, Entry>;
  readonly scores: ReadonlyMap<string, Entry>;
  /** Pitch that a person has marked, by the key of the recording without its ending. */
  readonly labels: ReadonlyMap<string, Entry>;
}

const SCORE = new Set(['mid', 'midi']);
const LABELS = 'pv';

/** `anna/00001.wav` → `anna/00001`. */
export function withoutEnding(key: string): string {
  const extension = extensionOf(key);
  return extension === '' ? key : key.slice(0, -extension.length - 1);
}

/** Lists recordings, MIDI files and labelled pitch. @throws EarshotError SOURCE_UNREADABLE; the reason of the signal */
export async function listMelodyFiles({ store, filter }: MelodyFolder, signal: AbortSignal): Promise<MelodyFiles> {
  const [recordings, scores, labels] = [new Map<string, Entry>(), new Map<string, Entry>(), new Map<string, Entry>()];
  for await (const event of store.list({ signal })) {
    if (event.type === 'end') {
      signal.throwIfAborted();
      if (event.complete) continue;
      throw new EarshotError('SOURCE_UNREADABLE', `${store.root} could not be listed whole: ${event.reason}`);
    }
    const { entry } = event;
    const key = relativeKey(store, entry.key);
    const extension = extensionOf(key);
    if (SCORE.has(extension)) scores.set(key, entry);
    else if (extension === LABELS) labels.set(withoutEnding(key), entry);
    else if (isNamedAudio(key) && !filterObject(entry, filter)) recordings.set(key, entry);
  }
  return { recordings, scores, labels };
}
