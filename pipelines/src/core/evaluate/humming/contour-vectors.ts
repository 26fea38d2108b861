// SPDX-License-Identifier: Apache-2.0
import type { TimeSpan } from '@earshot/mappings/search';
import type { CardMelody } from '@earshot/models';
import { holdPitch, indexWindows, queryVersions, type Stretch } from '@earshot/models/melody';
import type { ContourEncoder } from '../../../ports/contour-encoder.ts';
import { type HummedMelody, type PoolSong, type Scope, windowsFromStart } from './song-pool.ts';

/** Between two values of a pitch track. */
export const HOP_MS = 32;
/** Contours that are sent at once. */
const BATCH = 512;

/** Contours of stretches of a pitch track, and where they lie. */
interface Contours {
  readonly spans: readonly TimeSpan[];
  /** float32 [spans × points]. */
  readonly values: Float32Array;
}

/** A pitch track that was not heard by the space: of a score, or marked by a person. */
export interface GivenPitch {
  readonly id: string;
  readonly pitch: Float32Array;
}

function contoursOf(pitch: Float32Array, stretches: readonly Stretch[], points: number): Contours {
  const held = holdPitch(pitch);
  const made = stretches.flatMap((stretch) => {
    const contour = held.contour(stretch, points);
    return contour ? [{ stretch, contour }] : [];
  });
  const values = new Float32Array(made.length * points);
  for (const [row, { contour }] of made.entries()) values.set(contour, row * points);
  const spans = made.map(({ stretch: { from, to } }) => ({ start_ms: from * HOP_MS, end_ms: to * HOP_MS }));
  return { spans, values };
}

/** Vectors of contours, in batches that do not care where one melody ends. */
async function encodeContours(
  contours: readonly Contours[],
  { encoder, card, signal }: Encoding,
): Promise<Float32Array[]> {
  const { points } = card.encoder;
  const all = new Float32Array(contours.reduce((sum, { values }) => sum + values.length, 0));
  const parts: Float32Array[] = [];
  let end = 0;
  for (const { values } of contours) {
    all.set(values, end);
    end += values.length;
  }
  for (let at = 0; at < all.length; at += BATCH * points)
    parts.push(await encoder.encode(all.subarray(at, at + BATCH * points), signal));
  const vectors = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    vectors.set(part, filled);
    filled += part.length;
  }
  const dims = (vectors.length * points) / Math.max(1, all.length);
  let row = 0;
  return contours.map(({ spans }) => {
    const from = row;
    row += spans.length;
    return vectors.slice(from * dims, row * dims);
  });
}

interface Encoding {
  readonly encoder: ContourEncoder;
  readonly card: CardMelody;
  readonly signal: AbortSignal;
}

/** Windows as a recording of that pitch would be indexed with; of a melody that nobody searches inside, those from its start. */
function planSong(pitch: Float32Array, { encoder, index }: CardMelody, scopes: readonly Scope[]): Contours {
  const windows = indexWindows(pitch, holdPitch(pitch), { ...index, hopMs: HOP_MS });
  const spans = windows.map(({ from }) => ({ start_ms: from, end_ms: 0 }));
  const wanted = scopes.includes('anywhere') ? windows : windows.slice(0, windowsFromStart(spans));
  return contoursOf(pitch, wanted, encoder.points);
}

/** Makes songs of pitch tracks, a few at a time: thousands of contours are large. Without a melody a song has no windows. */
export async function* indexPitch(
  given: Iterable<GivenPitch>,
  scopes: readonly Scope[],
  encoding: Encoding,
): AsyncGenerator<PoolSong> {
  let waiting: { readonly song: GivenPitch; readonly contours: Contours }[] = [];
  const flush = async (): Promise<PoolSong[]> => {
    const vectors = await encodeContours(
      waiting.map(({ contours }) => contours),
      encoding,
    );
    const songs = waiting.map(({ song, contours }, i) => ({
      ...song,
      windows: contours.spans,
      vectors: vectors[i] ?? new Float32Array(),
    }));
    waiting = [];
    return songs;
  };
  let count = 0;
  for (const song of given) {
    const contours = planSong(song.pitch, encoding.card, scopes);
    waiting.push({ song, contours });
    count += contours.spans.length;
    if (count < BATCH) continue;
    count = 0;
    yield* await flush();
  }
  yield* await flush();
}

/**
 * Melodies to ask with, of pitch that a person has marked: undefined where nothing is voiced for long enough.
 * @returns one for each of `given`
 */
export async function askWithPitch(
  given: readonly GivenPitch[],
  encoding: Encoding,
): Promise<(HummedMelody | undefined)[]> {
  const { query, encoder } = encoding.card;
  const planned = given.map(({ pitch }) => {
    const held = holdPitch(pitch);
    const versions = queryVersions({ source: 'monophonic', pitch }, held, { ...query, hopMs: HOP_MS });
    return contoursOf(pitch, versions, encoder.points);
  });
  const vectors = await encodeContours(planned, encoding);
  return planned.map(({ spans }, i) => {
    const rows = vectors[i] as Float32Array;
    const dims = rows.length / spans.length;
    const versions = spans.map((span, row) => ({ ...span, vector: rows.subarray(row * dims, (row + 1) * dims) }));
    // The first version of a single voice is the whole of it.
    const [first] = versions;
    return first && { pitch: given[i]?.pitch as Float32Array, versions, whole: first.vector };
  });
}
