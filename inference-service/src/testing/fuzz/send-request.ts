// SPDX-License-Identifier: Apache-2.0
import { connect } from 'node:net';
import { encodeRequest, type FuzzRequest } from './fuzz-request.ts';
import { type HttpAnswer, parseAnswer } from './parse-answer.ts';

const PATIENCE_MS = 60_000;
const WIRE_PATIENCE_MS = 500;

/** `left`: the client went away as it should; `closed`: the connection ended without a whole answer. */
export type Outcome = HttpAnswer | 'left' | 'closed' | 'silence';

/** Sends a request on a connection of its own and reads the answer, complete or not. */
export function sendRequest(url: string, request: FuzzRequest): Promise<Outcome> {
  const { port, hostname } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const received: Buffer[] = [];
  const settle = (isEnded: boolean): void => {
    try {
      const answer = parseAnswer(Buffer.concat(received), { isHead: request.method === 'HEAD', isEnded });
      if (answer) resolve(answer);
      else if (isEnded) resolve('closed');
      if (answer || isEnded) socket.destroy();
    } catch (error) {
      reject(error as Error);
      socket.destroy();
    }
  };
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    settle(false);
  });
  socket.once('end', () => settle(true));
  // A reset after the answer came is no matter; `close` follows in any case.
  socket.on('error', () => undefined);
  socket.once('close', () => settle(true));
  socket.setTimeout(PATIENCE_MS, () => {
    resolve('silence');
    socket.destroy();
  });
  const bytes = encodeRequest(request);
  if (request.abortAt === undefined) {
    socket.write(bytes);
    // Whoever says more than it sends would wait for ever; ending at once would make Node drop what it could answer.
    if (request.isWireHostile === true) setTimeout(() => socket.end(), WIRE_PATIENCE_MS);
  } else {
    socket.write(bytes.subarray(0, request.abortAt), () => {
      resolve('left');
      socket.destroy();
    });
  }
  return promise;
}
