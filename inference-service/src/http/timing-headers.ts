// SPDX-License-Identifier: Apache-2.0
import type { Response } from 'express';
import type { RecordingEmbedding } from '../core/embedder.ts';
import { contextOf } from './request-context.ts';

/** Where the time of one item went. */
export type Stages = Pick<RecordingEmbedding, 'queueMs' | 'inferMs' | 'decodeMs' | 'cache'>;

const slowest = (results: readonly Stages[], pick: (result: Stages) => number): string =>
  String(Math.round(Math.max(0, ...results.map(pick))));

/** `hit` when nothing had to be computed. */
function setCacheHeader(response: Response, results: readonly Stages[]): void {
  const asked = results.filter((result) => result.cache !== undefined);
  if (asked.length > 0)
    response.setHeader('x-earshot-cache', asked.every((result) => result.cache === 'hit') ? 'hit' : 'miss');
}

/**
 * text-embeddings-inference's headers, whole ms; with several recordings or spaces the slowest of each stage, which is
 * 0 for what came from the cache.
 */
export function setTimingHeaders(response: Response, results: readonly Stages[]): void {
  response.setHeader('x-total-time', String(Math.round(performance.now() - contextOf(response).startedAt)));
  response.setHeader(
    'x-queue-time',
    slowest(results, (result) => result.queueMs),
  );
  response.setHeader(
    'x-inference-time',
    slowest(results, (result) => result.inferMs),
  );
  response.setHeader(
    'x-decode-time',
    slowest(results, (result) => result.decodeMs),
  );
  setCacheHeader(response, results);
}
