// SPDX-License-Identifier: Apache-2.0
import type { EmbeddedRecording, Embedder } from '../../ports/embedder.ts';
import type { Recording } from '../../ports/recording-reader.ts';
import { EarshotError } from '../earshot-error.ts';
import { fetchListed } from '../sync/fetch-listed.ts';
import type { SampledRecording } from './sample-recordings.ts';

/** What constants are fitted on, of one recording. */
export interface MeasuredRecording {
  readonly label: string | undefined;
  /** A vector of statistics a clip; clips do not overlap. */
  readonly clips: readonly Float32Array[];
  /** Of a recording too short for two clips: a vector for each half, or none. */
  readonly halves: readonly Float32Array[];
}

export type Measured =
  | { readonly kind: 'measured'; readonly sha256: string; readonly recording: MeasuredRecording }
  /** Nothing sounds in it, or the key lies. */
  | { readonly kind: 'skipped'; readonly reason: 'silent' | 'vanished' | 'archived' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface Measuring {
  readonly embedder: Embedder;
  /** The space of statistics. */
  readonly space: string;
  /** Most clips taken of one recording. */
  readonly clipsPerRecording: number;
  readonly signal: AbortSignal;
}

/** Halves of less than this say little. */
const LEAST_HALF_SECONDS = 1;

interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

async function embed(recording: Recording, measuring: Measuring, span?: Span) {
  const { embedder, space, signal } = measuring;
  const outcome = await embedder.embed({
    open: () => recording.open(),
    length: recording.length,
    models: [space],
    priority: 'bulk',
    signal,
    ...span,
  });
  if (outcome.state === 'unavailable')
    throw new EarshotError('INFERENCE_UNAVAILABLE', `The inference service of this run gave up: ${outcome.message}`);
  return outcome;
}

/** Clips in time order; the last window of a recording may reach back over the one before. */
function disjointClips({ segments }: EmbeddedRecording): Float32Array[] {
  let coveredMs = 0;
  return segments.flatMap(({ startMs, endMs, embedding }) => {
    if (startMs < coveredMs) return [];
    coveredMs = endMs;
    return [embedding];
  });
}

/** At most `count`, one from each of as many equal stretches. */
function spread<T>(values: readonly T[], count: number, random: () => number): T[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + random()) * values.length) / count);
    return values[Math.min(at, values.length - 1)] as T;
  });
}

async function measureHalves(recording: Recording, seconds: number, measuring: Measuring): Promise<Float32Array[]> {
  const half = Math.floor(seconds * 500) / 1000;
  if (half < LEAST_HALF_SECONDS) return [];
  const vectors: Float32Array[] = [];
  for (const fromSeconds of [0, half]) {
    const outcome = await embed(recording, measuring, { fromSeconds, toSeconds: fromSeconds + half });
    const vector = outcome.state === 'embedded' ? outcome.recordings[0]?.segments[0]?.embedding : undefined;
    if (vector) vectors.push(vector);
  }
  return vectors.length === 2 ? vectors : [];
}

async function measure(
  recording: Recording,
  label: string | undefined,
  { measuring, random }: { readonly measuring: Measuring; readonly random: () => number },
): Promise<Measured> {
  const outcome = await embed(recording, measuring);
  if (outcome.state !== 'embedded') return { kind: 'failed', code: outcome.code, message: outcome.message };
  const [answer] = outcome.recordings;
  const all = answer ? disjointClips(answer) : [];
  if (!answer || all.length === 0) return { kind: 'skipped', reason: 'silent' };
  const halves = all.length > 1 ? [] : await measureHalves(recording, answer.durationMs / 1000, measuring);
  const clips = spread(all, measuring.clipsPerRecording, random);
  return { kind: 'measured', sha256: recording.sha256, recording: { label, clips, halves } };
}

/** Fetches, decodes and measures one sampled recording. */
export async function measureRecording(
  { source, entry: listed }: SampledRecording,
  measuring: Measuring,
  random: () => number,
): Promise<Measured> {
  const fetched = await fetchListed(source, listed, measuring.signal);
  if (fetched.kind === 'skip') return { kind: 'skipped', reason: fetched.reason };
  if (fetched.kind === 'fail') return { kind: 'failed', code: fetched.code, message: fetched.message };
  try {
    const label = await source.labelOf(listed.key, fetched.recording);
    return await measure(fetched.recording, label, { measuring, random });
  } finally {
    await fetched.recording.dispose();
  }
}
