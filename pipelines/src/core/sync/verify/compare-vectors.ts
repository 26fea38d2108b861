// SPDX-License-Identifier: Apache-2.0
import type { RecordingContent } from '../indexed-content.ts';

/**
 * Least cosine between a stored vector and the one the service makes today. It is what the cards ask of their own golden
 * vectors: execution providers (CPU, CUDA, WebGPU) and batch sizes add up in another order and agree better than this,
 * another graph, decoder or resampler does worse. Unit vectors that agree so well lie at most 0.0142 apart, so no
 * similarity to a third recording moves by more than that.
 */
export const LEAST_COSINE = 0.9999;

export interface VectorComparison {
  readonly cosine: number;
  /** Largest difference between two numbers at the same place. */
  readonly difference: number;
}

export function compareVectors(a: Float32Array, b: Float32Array): VectorComparison {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  let difference = 0;
  for (const [i, left] of a.entries()) {
    const right = b[i] ?? Number.NaN;
    dot += left * right;
    squaresA += left * left;
    squaresB += right * right;
    difference = Math.max(difference, Math.abs(left - right));
  }
  // Rounding may push the quotient of equal vectors beyond one.
  return { cosine: difference === 0 ? 1 : Math.min(1, dot / Math.sqrt(squaresA * squaresB)), difference };
}

/** Frames whose pitch may differ, of all: at the edge of a step or of the voice, rounding decides. */
const MOST_ODD_FRAMES = 0.01;
/** Semitones that are no difference: tracks are stored in steps of a quarter. */
const SAME_PITCH = 0.25;

/** What is wrong with a stored pitch track; undefined when nothing is. What is no melody has none in the index. */
function pitchDrift(
  { melody: stored, status }: RecordingContent,
  { melody: now }: RecordingContent,
): string | undefined {
  if (status !== 'ready' || (!stored && !now)) return undefined;
  if (!stored || !now) return 'only one of both has a pitch track';
  const frames = now.pitch.length;
  if (stored.hopMs !== now.hopMs || stored.pitch.length !== frames)
    return `a pitch track of ${stored.pitch.length} frames is stored, the service gives ${frames}`;
  const odd = now.pitch.reduce((count, pitch, i) => {
    const known = stored.pitch[i] ?? Number.NaN;
    const areSame = Math.abs(known - pitch) <= SAME_PITCH || (Number.isNaN(known) && Number.isNaN(pitch));
    return areSame ? count : count + 1;
  }, 0);
  return odd > MOST_ODD_FRAMES * frames ? `the pitch of ${odd} of ${frames} frames differs` : undefined;
}

export type ContentComparison =
  | ({ readonly kind: 'compared' } & VectorComparison)
  /** Not even of the same form. */
  | { readonly kind: 'different'; readonly detail: string };

/** The least alike of all vectors of a recording. */
export function compareContents(stored: RecordingContent, now: RecordingContent): ContentComparison {
  const different = (detail: string): ContentComparison => ({ kind: 'different', detail });
  if (stored.status !== now.status) return different(`the index says ${stored.status}, the service ${now.status}`);
  const places = ({ segments }: RecordingContent): string =>
    segments.map(({ startMs, endMs }) => `${Math.round(startMs)}-${Math.round(endMs)}`).join();
  if (places(stored) !== places(now))
    return different(
      `${stored.segments.length} segments are stored, the service gives ${now.segments.length} or others`,
    );
  if (!stored.embedding !== !now.embedding) return different('only one of both has a vector of the whole recording');
  const drift = pitchDrift(stored, now);
  if (drift) return different(drift);
  const pairs = stored.segments.map(({ embedding }, i) =>
    compareVectors(embedding, now.segments[i]?.embedding ?? embedding),
  );
  if (stored.embedding && now.embedding) pairs.push(compareVectors(stored.embedding, now.embedding));
  return {
    kind: 'compared',
    cosine: pairs.reduce((least, { cosine }) => Math.min(least, cosine), 1),
    difference: pairs.reduce((most, { difference }) => Math.max(most, difference), 0),
  };
}
