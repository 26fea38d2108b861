// SPDX-License-Identifier: Apache-2.0
import { buffer } from 'node:stream/consumers';
import type { CardMelody } from '@earshot/models';
import type { ContourEncoder } from '../../../ports/contour-encoder.ts';
import type { EmbeddedRecording, Embedder } from '../../../ports/embedder.ts';
import type { Entry } from '../../../ports/object-store.ts';
import type { Recording } from '../../../ports/recording-reader.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import { EarshotError } from '../../earshot-error.ts';
import { fetchListed } from '../../sync/fetch-listed.ts';
import type { UnreadableRecording } from '../collection.ts';
import type { MelodyFolder } from './list-files.ts';
import type { HummedMelody, PoolSong } from './song-pool.ts';

/** A melody space, as the inference service runs it. */
export interface MelodyEars {
  readonly space: string;
  readonly card: CardMelody;
  readonly embedder: Embedder;
  readonly encoder: ContourEncoder;
  /** Recordings read and embedded at once. */
  readonly atOnce: number;
  readonly reporter: Pick<Reporter, 'progress'>;
  readonly signal: AbortSignal;
}

/** Bytes that can be sent again. */
type Playable = Pick<Recording, 'open' | 'length'>;

/** A file of a folder, by its key below it. */
export interface NamedEntry {
  readonly key: string;
  readonly entry: Entry;
}

export const isUnreadable = (outcome: object): outcome is UnreadableRecording => 'code' in outcome && 'key' in outcome;

/** Fetches a file and does something with it. */
export async function readFile<T extends object>(
  folder: MelodyFolder,
  { key, entry, signal }: NamedEntry & { readonly signal: AbortSignal },
  use: (recording: Recording) => Promise<T>,
): Promise<T | UnreadableRecording> {
  const fetched = await fetchListed(folder, entry, signal);
  if (fetched.kind === 'skip') return { key, code: `object_${fetched.reason}`, reason: 'not there' };
  if (fetched.kind === 'fail') return { key, code: fetched.code, reason: fetched.message };
  try {
    return await use(fetched.recording);
  } finally {
    await fetched.recording.dispose();
  }
}

/** The bytes of a small file. */
export const bytesOf = (recording: Recording): Promise<Buffer> => buffer(recording.open());

/**
 * What the space hears in a recording.
 * @param inputType `search` for a hum: versions of the query; `ingest` for a song: its windows
 * @throws EarshotError INFERENCE_UNAVAILABLE, SPACE_UNKNOWN
 */
export async function hear(
  { embedder, space, signal }: Pick<MelodyEars, 'embedder' | 'space' | 'signal'>,
  key: string,
  { recording, inputType }: { readonly recording: Playable; readonly inputType: 'ingest' | 'search' },
): Promise<EmbeddedRecording | UnreadableRecording> {
  const outcome = await embedder.embed({
    open: () => recording.open(),
    length: recording.length,
    models: [space],
    priority: 'bulk',
    inputType,
    signal,
  });
  if (outcome.state === 'embedded') return outcome.recordings[0] as EmbeddedRecording;
  const { state, code, message } = outcome;
  if (state === 'poison') return { key, code, reason: message };
  throw new EarshotError('INFERENCE_UNAVAILABLE', `${key} was not embedded: ${code}: ${message}`);
}

/** A recording as it is indexed. */
export function songOf(id: string, { segments, melody }: EmbeddedRecording): PoolSong {
  const dims = segments[0]?.embedding.length ?? 0;
  const vectors = new Float32Array(segments.length * dims);
  for (const [row, { embedding }] of segments.entries()) vectors.set(embedding, row * dims);
  const windows = segments.map(({ startMs, endMs }) => ({ start_ms: startMs, end_ms: endMs }));
  return { id, pitch: melody?.pitch ?? new Float32Array(), windows, vectors };
}

/** A recording as it is searched with; undefined without a melody. */
export function hummedMelodyOf({ embedding, segments, melody }: EmbeddedRecording): HummedMelody | undefined {
  if (!embedding || !melody || segments.length === 0) return undefined;
  const versions = segments.map(({ startMs, endMs, embedding: vector }) => ({
    start_ms: startMs,
    end_ms: endMs,
    vector,
  }));
  return { pitch: melody.pitch, versions, whole: embedding };
}
