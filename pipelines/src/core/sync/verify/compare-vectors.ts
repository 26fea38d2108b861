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
