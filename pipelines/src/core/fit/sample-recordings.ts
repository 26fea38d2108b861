// SPDX-License-Identifier: Apache-2.0
import type { Entry, ObjectStore } from '../../ports/object-store.ts';
import type { ReadRecording, Recording } from '../../ports/recording-reader.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { type FilterSettings, filterObject } from '../sync/filter-object.ts';
import { Reservoir } from '../sync/verify/reservoir.ts';

/** A source of the collection, ready to be read. */
export interface FitSource {
  readonly store: ObjectStore;
  readonly readRecording: ReadRecording;
  readonly filter: FilterSettings;
  /** What a recording is filed under, by its path and its sidecar. */
  readonly labelOf: (key: string, recording: Recording) => Promise<string | undefined>;
}

export interface SampledRecording {
  readonly source: FitSource;
  readonly entry: Entry;
}

export interface Sample {
  /** In the order in which they are to be read. */
  readonly recordings: readonly SampledRecording[];
  /** Recordings that were listed and wanted. */
  readonly listed: number;
  /** Why a listing ended early, a line each. */
  readonly incomplete: readonly string[];
}

interface Options {
  /** At most so many. */
  readonly size: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onListed: (count: number) => void;
}

/** Fisher and Yates, from the end. */
function shuffle<T>(values: T[], random: () => number): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j] as T, values[i] as T];
  }
  return values;
}

/** An even, seeded sample over everything that the sources list, in memory that does not grow with them. */
export async function sampleRecordings(sources: readonly FitSource[], options: Options): Promise<Sample> {
  const { size, seed, signal, onListed } = options;
  const reservoir = new Reservoir<SampledRecording>(size, seed);
  const incomplete: string[] = [];
  let listed = 0;
  for (const source of sources) {
    for await (const event of source.store.list({ signal })) {
      signal.throwIfAborted();
      if (event.type === 'end') {
        if (!event.complete) incomplete.push(`${source.store.root}: ${event.reason ?? 'the listing broke off'}`);
      } else if (filterObject(event.entry, source.filter) === undefined) {
        reservoir.offer({ source, entry: event.entry });
        onListed(++listed);
      }
    }
  }
  return { recordings: shuffle(reservoir.sample, createSeededRandom(seed + 1)), listed, incomplete };
}
