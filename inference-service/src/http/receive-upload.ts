// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
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

/**
 * The body as a stream that may be destroyed without taking the connection with it: the rest of the upload flows to
 * nowhere, so that the client can read why it was refused.
 */
function detachBody(request: Request): PassThrough {
  const body = new PassThrough();
  request.pipe(body);
  request.once('close', () => {
    if (!request.complete) body.destroy(new ClientGone('the client left during the upload'));
  });
  body.once('close', () => {
    request.unpipe(body);
    request.resume();
  });
  return body;
}

interface Form {
  /** The part named `file`, once it begins. */
  readonly file: Promise<BusboyFileStream>;
  /** The whole form has been read. */
  readonly finished: Promise<void>;
}

function openBusboy(request: Request, maxBytes: number): BusboyInstance {
  // One byte more than allowed: the spool counts, and refuses it.
  const limits = { ...MULTIPART_LIMITS, fileSize: maxBytes + 1 };
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits });
  } catch (cause) {
    throw new ServiceError('invalid_request', 'The form has no boundary', { cause });
  }
}

function readForm(body: PassThrough, busboy: BusboyInstance): Form {
  const { promise: file, resolve, reject } = Promise.withResolvers<BusboyFileStream>();
  busboy.on('file', (name: string, stream: BusboyFileStream) => {
    // Whoever reads the part sees its failures; without a reader they must not end the process.
    stream.on('error', () => undefined);
    if (name === 'file') return resolve(stream);
    stream.resume();
    reject(new ServiceError('invalid_request', `The form has a file "${name}"; the audio belongs into "file"`));
  });
  busboy.on('field', (name: string) => {
    reject(new ServiceError('invalid_request', `Form field "${name}": parameters belong into the query`));
  });
  const finished = pipeline(body, busboy).catch((cause: unknown) => {
    throw cause instanceof ClientGone ? cause : new ServiceError('invalid_request', 'The form is damaged', { cause });
  });
  finished.then(() => reject(new ServiceError('empty_body', 'The form has no part "file"')), reject);
  return { file, finished };
}

async function holdForm<T>(
  request: Request,
  options: UploadOptions,
  use: (file: SpooledFile) => Promise<T>,
): Promise<T> {
  const { spool, maxBytes, signal } = options;
  const busboy = openBusboy(request, maxBytes);
  const body = detachBody(request);
  const form = readForm(body, busboy);
  let formError: unknown;
  form.finished.catch((error: unknown) => {
    formError = error;
  });
  try {
    const file = await form.file;
    return await spool.hold(file, { maxBytes, signal }, async (spooled) => {
      await form.finished;
      return use(spooled);
    });
  } catch (error) {
    // A form that ends early also breaks the part inside it: the form's failure tells what is wrong.
    await nextTurn();
    throw formError ?? error;
  } finally {
    body.destroy();
  }
}

/**
 * Spools the body (raw, or the part `file` of a form), calls `use` with the file and removes it afterwards.
 * @throws ServiceError not_audio, audio_too_large, empty_body, invalid_request; ClientGone
 */
export async function holdUpload<T>(
  request: Request,
  options: UploadOptions,
  use: (file: SpooledFile) => Promise<T>,
): Promise<T> {
  const type = request.get('content-type') ?? 'application/octet-stream';
  const { spool, maxBytes, signal } = options;
  if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (/^multipart\/form-data/i.test(type)) return holdForm(request, options, use);
  if (NOT_AUDIO.test(type)) throw new ServiceError('not_audio', `A body of type ${type.slice(0, 80)} is not audio`);
  return spool.hold(detachBody(request), { maxBytes, signal }, use);
}
