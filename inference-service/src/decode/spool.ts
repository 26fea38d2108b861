// SPDX-License-Identifier: Apache-2.0

import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DecodeError } from './decode-error.ts';
import { removeFile } from './remove-file.ts';

export interface SpoolOptions {
  /** One byte more is `audio_too_large`. */
  readonly maxBytes: number;
  /** A directory from `createSpoolDirectory`. */
  readonly dir: string;
  readonly signal?: AbortSignal | undefined;
  /** Told of every chunk before it is written; the error it returns ends the upload. */
  readonly onChunk?: ((bytes: number) => Error | undefined) | undefined;
}

export interface SpooledFile {
  /** Absolute path under a name of our own. */
  readonly path: string;
  readonly bytes: number;
  /** Of the content, hexadecimal. */
  readonly sha256: string;
  /** Deletes the file; call it in `finally`. Deleting twice does no harm. */
  remove(): Promise<void>;
}

type Source = NodeJS.ReadableStream | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Writes an upload to disk, because decoders need a file they can seek in (a pipe loses the gapless trim of mp3 and
 * all of an m4a whose index comes last). Whatever goes wrong, no partial file stays.
 * @throws DecodeError audio_too_large, empty_body
 */
export async function spoolStream(source: Source, options: SpoolOptions): Promise<SpooledFile> {
  const { maxBytes, dir, signal, onChunk } = options;
  const path = join(dir, randomUUID());
  const remove = () => removeFile(path);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        return done(new DecodeError('audio_too_large', `The upload is larger than ${maxBytes} bytes.`));
      const refusal = onChunk?.(chunk.length);
      if (refusal) return done(refusal);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await pipeline(source, count, file, signal === undefined ? {} : { signal });
    if (bytes === 0) throw new DecodeError('empty_body', 'The upload is empty.');
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex'), remove };
}
