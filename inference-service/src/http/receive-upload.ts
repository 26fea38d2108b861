// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import type { Request } from 'express';
import { ServiceError } from '../core/service-error.ts';
import type { Spool, SpooledFile } from '../core/spool-port.ts';
import { ClientGone } from './request-context.ts';

interface UploadOptions {
  readonly spool: Spool;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const MULTIPART_LIMITS = { files: 1, fields: 16, fieldSize: 64 * 1024, parts: 24, headerPairs: 64 };
/** Bodies of these types are not audio whatever they hold. */
const NOT_AUDIO = /^(application\/(json|xml|pdf|zip|x-ndjson)|text\/|image\/|font\/)/i;

const tooLarge = (maxBytes: number): ServiceError =>
  new ServiceError('audio_too_large', `The upload is larger than ${maxBytes} bytes`);

/** Ends with an error when the part was cut off at the limit. */
async function* untilLimit(file: BusboyFileStream, maxBytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of file) yield chunk as Buffer;
  if (file.truncated) throw tooLarge(maxBytes);
}

interface Form {
  /** The first part named `file`, once it begins. */
  readonly file: Promise<BusboyFileStream>;
  /** The whole form has been read. */
  readonly finished: Promise<void>;
}

function readForm(request: Request, { maxBytes, signal }: UploadOptions): Form {
  const { promise: file, resolve, reject } = Promise.withResolvers<BusboyFileStream>();
  let finished: Promise<void>;
  try {
    const busboy = new Busboy({
      headers: request.headers as BusboyHeaders,
      limits: { ...MULTIPART_LIMITS, fileSize: maxBytes },
    });
    busboy.on('file', (name: string, stream: BusboyFileStream) => {
      if (name === 'file') return resolve(stream);
      stream.resume();
      reject(new ServiceError('invalid_request', `The form has a file "${name}"; the audio belongs into "file"`));
    });
    busboy.on('field', (name: string) => {
      reject(new ServiceError('invalid_request', `Form field "${name}": parameters belong into the query`));
    });
    finished = pipeline(request, busboy, { signal }).catch((cause: unknown) => {
      throw signal.aborted ? signal.reason : new ServiceError('invalid_request', 'The form is damaged', { cause });
    });
  } catch (cause) {
    finished = Promise.reject(new ServiceError('invalid_request', 'The form has no boundary', { cause }));
  }
  finished.then(() => reject(new ServiceError('empty_body', 'The form has no part "file"')), reject);
  return { file, finished };
}

async function holdForm<T>(
  request: Request,
  options: UploadOptions,
  use: (file: SpooledFile) => Promise<T>,
): Promise<T> {
  const { spool, maxBytes, signal } = options;
  const form = readForm(request, options);
  const source = Readable.from(untilLimit(await form.file, maxBytes));
  // A form that ends early also breaks the part inside it; of the two failures the form's tells what is wrong.
  source.once('error', () => undefined);
  let isRead = false;
  return spool
    .hold(source, { maxBytes, signal }, async (file) => {
      await form.finished;
      isRead = true;
      return use(file);
    })
    .catch(async (error: unknown) => {
      if (!isRead && !(error instanceof ServiceError)) await form.finished;
      throw error;
    });
}

/**
 * Spools the body (raw, or the part `file` of a form), calls `use` with the file and removes it afterwards.
 * @throws ServiceError not_audio, audio_too_large, empty_body, invalid_request
 */
export async function holdUpload<T>(
  request: Request,
  options: UploadOptions,
  use: (file: SpooledFile) => Promise<T>,
): Promise<T> {
  try {
    return await holdBody(request, options, use);
  } catch (error) {
    if (request.destroyed && !request.complete) throw new ClientGone('the client left during the upload');
    throw error;
  }
}

function holdBody<T>(request: Request, options: UploadOptions, use: (file: SpooledFile) => Promise<T>): Promise<T> {
  const type = request.get('content-type') ?? 'application/octet-stream';
  const { spool, maxBytes, signal } = options;
  if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (/^multipart\/form-data/i.test(type)) return holdForm(request, options, use);
  if (NOT_AUDIO.test(type)) throw new ServiceError('not_audio', `A body of type ${type.slice(0, 80)} is not audio`);
  return spool.hold(request, { maxBytes, signal }, use);
}
