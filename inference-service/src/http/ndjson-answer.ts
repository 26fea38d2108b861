// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import type { Space } from '@earshot/models/registry';
import type { Response } from 'express';
import type { StreamHeader, StreamLine, StreamSegment, StreamSummary } from '../contract/embeddings.ts';
import type { RecordingEmbedding, TimedSegment } from '../core/embedder.ts';
import type { VectorEncoding } from '../core/encode-vector.ts';
import { resolveHop } from '../core/resolve-hop.ts';
import { asServiceError } from './as-service-error.ts';
import { audioResult, wireSegment } from './audio-result.ts';
import { ClientGone, contextOf } from './request-context.ts';

export const NDJSON = 'application/x-ndjson';

interface NdjsonOptions {
  readonly spaces: readonly Space[];
  readonly hopSeconds: number | undefined;
  readonly encoding: VectorEncoding;
  readonly signal: AbortSignal;
}

/** An answer in lines, one as soon as each window is done: its memory does not grow with the recording. */
export interface NdjsonAnswer {
  onSegment(space: Space, segment: TimedSegment): Promise<void> | undefined;
  finish(results: readonly RecordingEmbedding[]): void;
  /** Ends the answer with an error line, or throws the error where an ordinary answer is still possible. */
  fail(error: unknown): void;
}

function headerOf({ spaces, hopSeconds }: NdjsonOptions): StreamHeader {
  const models = spaces.map(({ card, fingerprint }) => {
    const toMs = (samples: number): number => Math.round((samples * 1000) / card.input.sampleRateHz);
    const hopMs = toMs(resolveHop(card, { hopSeconds }));
    const { id: model, dims } = card;
    return { model, fingerprint, dims, window_ms: toMs(card.input.windowSamples), hop_ms: hopMs };
  });
  return { event: 'header', models };
}

export function createNdjsonAnswer(response: Response, options: NdjsonOptions): NdjsonAnswer {
  const { encoding, signal } = options;

  const write = (line: StreamLine): boolean => {
    if (!response.headersSent) {
      response.type(NDJSON);
      response.write(`${JSON.stringify(headerOf(options))}\n`);
    }
    return response.write(`${JSON.stringify(line)}\n`);
  };

  /** A reader that does not read holds the whole recording up; only its leaving ends that. */
  const untilRead = async (): Promise<void> => {
    try {
      await once(response, 'drain', { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };

  return {
    onSegment: ({ card }, segment) => {
      const line: StreamSegment = { event: 'segment', model: card.id, ...wireSegment(segment, encoding) };
      return write(line) ? undefined : untilRead();
    },
    finish: (results) => {
      for (const result of results) {
        const line: StreamSummary = { event: 'summary', ...audioResult(result, { encoding, withSegments: false }) };
        write(line);
      }
      response.end();
    },
    fail: (error) => {
      if (!response.headersSent || error instanceof ClientGone) throw error;
      const context = contextOf(response);
      const known = asServiceError(error);
      context.errorCode = known.code;
      response.end(`${JSON.stringify(context.dialect.serialise(known).body)}\n`);
    },
  };
}
