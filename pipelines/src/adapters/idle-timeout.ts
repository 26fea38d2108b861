// SPDX-License-Identifier: Apache-2.0
import { type Readable, Transform } from 'node:stream';

/** The same bytes, but a pause longer than `idleMs` between two chunks ends the stream with an error. */
export function withIdleTimeout(body: Readable, idleMs: number): Readable {
  const fail = (): void => {
    body.destroy(new Error(`no bytes for ${idleMs} ms`));
  };
  let timer = setTimeout(fail, idleMs);
  const watched = new Transform({
    transform(chunk, _encoding, callback) {
      clearTimeout(timer);
      timer = setTimeout(fail, idleMs);
      callback(null, chunk);
    },
    destroy(error, callback) {
      clearTimeout(timer);
      body.destroy();
      callback(error);
    },
  });
  body.once('error', (error) => watched.destroy(error));
  body.once('end', () => clearTimeout(timer));
  return body.pipe(watched);
}
