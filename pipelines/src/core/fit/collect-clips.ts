// SPDX-License-Identifier: Apache-2.0
import { createSeededRandom } from '../seeded-random.ts';
import { type Measured, type MeasuredRecording, type Measuring, measureRecording } from './measure-recording.ts';
import type { SampledRecording } from './sample-recordings.ts';

export interface UnreadableRecording {
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

export interface CollectedClips {
  readonly recordings: readonly MeasuredRecording[];
  readonly clips: number;
  readonly unreadable: readonly UnreadableRecording[];
  /** In which nothing sounds. */
  readonly silent: number;
  /** Copies of one that was taken already: it would be asked about what it was fitted on. */
  readonly copies: number;
}

interface Options extends Measuring {
  /** Stops when it has so many clips. */
  readonly clips: number;
  readonly seed: number;
  /** Recordings under way at once. */
  readonly concurrency: number;
  readonly onRecording: (done: CollectedClips) => void;
  readonly onUnreadable: (recording: UnreadableRecording) => void;
}

interface Collection {
  readonly recordings: MeasuredRecording[];
  readonly unreadable: UnreadableRecording[];
  clips: number;
  silent: number;
  copies: number;
}

/**
 * Measures sampled recordings in their order until there are clips enough. They are read a few at a time and taken in
 * order, so which ones are taken does not depend on which came first.
 */
export async function collectClips(sampled: readonly SampledRecording[], options: Options): Promise<CollectedClips> {
  const { clips, seed, concurrency, onRecording, onUnreadable, signal } = options;
  const collection: Collection = { recordings: [], unreadable: [], clips: 0, silent: 0, copies: 0 };
  const known = new Set<string>();
  const take = (measured: Measured, { entry: { key } }: SampledRecording): void => {
    if (measured.kind === 'failed') {
      const { code, message } = measured;
      collection.unreadable.push({ key, code, message });
      onUnreadable({ key, code, message });
    } else if (measured.kind === 'skipped') {
      if (measured.reason === 'silent') collection.silent++;
    } else if (known.has(measured.sha256)) collection.copies++;
    else {
      known.add(measured.sha256);
      collection.recordings.push(measured.recording);
      collection.clips += measured.recording.clips.length;
    }
    onRecording(collection);
  };
  for (let next = 0; next < sampled.length && collection.clips < clips; next += concurrency) {
    signal.throwIfAborted();
    const wave = sampled.slice(next, next + concurrency);
    const measured = await Promise.all(
      wave.map((recording, i) => measureRecording(recording, options, createSeededRandom(seed + next + i))),
    );
    measured.forEach((one, i) => {
      if (collection.clips < clips) take(one, wave[i] as SampledRecording);
    });
  }
  return collection;
}
