// SPDX-License-Identifier: Apache-2.0
import { pipeline, type Readable, Transform } from 'node:stream';

/** Slower than this is a stalled connection that drips. */
const LEAST_BYTES_PER_SECOND = 1000;

/**
 * The same bytes, but when fewer than 1,000 bytes a second come during `idleMs` while the reader waits for them, the
 * stream ends with an error; so does a body that is closed before its end. A slow reader is not held against the sender.
 */
export function withStallGuard(body: Readable, idleMs: number): Readable {
  let bytes = 0;
  const watched = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      callback(null, chunk);
    },
  });
  const least = (LEAST_BYTES_PER_SECOND * idleMs) / 1000;
  const timer = setInterval(() => {
    const isReaderWaiting = watched.readableLength === 0;
    if (isReaderWaiting && bytes < least) body.destroy(new Error(`${bytes} bytes came in ${idleMs} ms`));
    bytes = 0;
  }, idleMs);
  pipeline(body, watched, () => clearInterval(timer));
  return watched;
}
