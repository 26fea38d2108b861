// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface RecordingPost {
  readonly headers: Readonly<Record<string, string>>;
  /** A chunk may be overwritten when the next one is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Resolves when the chunk has left this process, or will never leave it: its bytes may then be overwritten. */
function write(request: ClientRequest, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('close', done);
      resolve();
    };
    // What waits in front of a connection that is never made is not called back.
    request.once('close', done);
    request.write(chunk, done);
  });
}

async function sendBody(request: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    if (request.destroyed) return;
    await write(request, chunk);
  }
  request.end();
}

/**
 * Posts a recording and hands the answer on, which may come before the body is sent. Not with `fetch`, which keeps what
 * it sends until the garbage collector comes by: a stream of large recordings then takes hundreds of megabytes.
 * @throws what the network throws, what reading the body throws, and the signal's AbortError
 */
export async function postRecording<T>(
  address: URL,
  { headers, body, signal }: RecordingPost,
  take: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(address, { method: 'POST', headers, signal });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  // A failure behind the answer concerns the rest of a body that nobody reads.
  request.on('error', () => undefined);
  const sending = sendBody(request, body).catch((error: unknown) => {
    request.destroy(error as Error);
  });
  try {
    const [answer] = await answered;
    return await take(answer);
  } finally {
    if (!request.writableFinished) request.destroy();
    await sending;
  }
}
