// SPDX-License-Identifier: Apache-2.0
import { addAbortSignal, Readable } from 'node:stream';
import { FetchRefusal } from './fetch-refusal.ts';

interface GuardOptions {
  readonly maxBytes: number;
  /** Ends the body when it aborts, whatever it waits for. */
  readonly signal: AbortSignal;
  /** Any failure of the body as the error to give. */
  readonly translate: (error: unknown) => unknown;
}

async function* count(body: Readable, { maxBytes, translate }: GuardOptions): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new FetchRefusal('audio_too_large', `more than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw translate(error);
  }
}

/** The same bytes, but no more than allowed, no longer than allowed, and with failures of ours. */
export function guardBody(body: Readable, options: GuardOptions): Readable {
  addAbortSignal(options.signal, body);
  const guarded = Readable.from(count(body, options), { objectMode: false });
  guarded.once('close', () => body.destroy());
  // Failures reach the reader through its reads; between two of them they must not end the process.
  for (const stream of [body, guarded]) stream.on('error', () => undefined);
  return guarded;
}
