// SPDX-License-Identifier: Apache-2.0
import type { DeadLetter, DeadLetters } from '../../ports/dead-letters.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { Entry, ListEvent, ObjectStore } from '../../ports/object-store.ts';
import type { ReadRecording } from '../../ports/recording-reader.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { MakeSpool } from '../../ports/spool.ts';
import type { Strikes } from '../../ports/strikes.ts';
import type { StoredDocument, SyncIndex } from '../../ports/sync-index.ts';
import type { DeleteSettings } from './delete-guard.ts';
import type { FilterSettings } from './filter-object.ts';
import type { LabelPath } from './path-labels.ts';
import type { Shard } from './shard.ts';
import type { SyncMeter } from './sync-meter.ts';
import type { ProgressFacts } from './sync-progress.ts';
import type { Tally } from './tally.ts';

/** One space of a run. */
export interface SyncTarget {
  readonly index: SyncIndex;
  /** External version of everything this run writes. */
  readonly runSeq: number;
  readonly letters: DeadLetters;
  readonly strikes: Strikes;
  /** Unresolved dead letters at the start, by key. */
  readonly known: ReadonlyMap<string, DeadLetter>;
  readonly tally: Tally;
  /** Space fingerprint and everything else that decides whether a failed object may succeed now. */
  readonly pipelineFingerprint: string;
}

export interface SyncSettings {
  readonly filter: FilterSettings;
  readonly deletes: DeleteSettings;
  readonly labels: LabelPath;
  /** Treat every object as changed. */
  readonly force: boolean;
  /** Treat these as changed, whatever they seem, and embed them. */
  readonly forceKeys?: ReadonlySet<string>;
  /** Try known failures again. */
  readonly retryKnown: boolean;
  /** The listing leaves objects out on purpose: nothing is deleted, and that is no fault. */
  readonly isPartial: boolean;
  /** Recordings at once, from the fetch to the submission: those being embedded and those fetched ahead. */
  readonly concurrency: number;
}

/** Everything a run works with; made at the edge. */
export interface SyncRun {
  readonly id: string;
  readonly library: string;
  /** Absent for the whole source. */
  readonly shard?: Shard;
  readonly store: ObjectStore;
  readonly listing: (signal: AbortSignal) => AsyncIterable<ListEvent>;
  readonly readRecording: ReadRecording;
  readonly embedder: Embedder;
  readonly targets: readonly SyncTarget[];
  readonly settings: SyncSettings;
  readonly reporter: Reporter;
  readonly makeSpool: MakeSpool;
  /** First SIGINT: no more intake. */
  readonly signal: AbortSignal;
  /** The lease is gone: stop at once. */
  readonly lost: AbortSignal;
  /** Counts and times what is under way. */
  readonly meter?: SyncMeter;
  /** Told several times a second how far the run is. */
  readonly onProgress?: (facts: ProgressFacts) => void;
}

/** A space in which an object needs work. */
export interface Todo {
  readonly target: SyncTarget;
  readonly stored: StoredDocument | undefined;
}

export interface Work {
  readonly entry: Entry;
  readonly todos: readonly Todo[];
}
