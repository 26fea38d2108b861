// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { objectStoreAccess, STORE_CREDENTIALS } from './object-store-access.ts';
import { listPage } from './s3-fake-list.ts';
import type { RunningObjectStore } from './versitygw.ts';

/** A request, as a rule for faults sees it. */
export interface S3Request {
  readonly operation: 'list' | 'get' | 'head' | 'put' | 'delete' | 'other';
  readonly bucket: string;
  readonly key: string;
  /** Of a listing, from 1. */
  readonly page: number;
  /** How often this very request is in `requests`, from 1. */
  readonly attempt: number;
}

/** What a request suffers. */
export type S3Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code: string; readonly retryAfter?: string }
  | { readonly kind: 'reset' }
  /** Never an answer. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** So many bytes of the body, then a reset; the headers promise all of them. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** So many bytes of the body, and the headers promise no more: looks like a whole answer. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** So many bytes of the body, then nothing more. */
  | { readonly kind: 'stall'; readonly bytes: number }
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** A listing that gives the token of its own page again, or none, or says another number of keys than it holds. */
  | { readonly kind: 'repeated-token' | 'no-token' | 'wrong-count' | 'not-truncated-unsaid' }
  /** Another version of the object than asked for, as of a server that does not know If-Match. */
  | { readonly kind: 'ignores-if-match' };

export interface FakeObject {
  /** A number stands for so many zero bytes that are made as they are read. */
  readonly content: Buffer | number;
  readonly etag: string;
  readonly modified: Date;
  readonly storageClass?: string;
}

export interface S3Fake extends RunningObjectStore {
  readonly buckets: Map<string, Map<string, FakeObject>>;
  pageSize: number;
  /** Decides for every request; none without one. */
  fault: ((request: S3Request) => S3Fault | undefined) | undefined;
  /** Everything asked for so far; may be cleared. */
  readonly requests: S3Request[];
}

export const fakeObject = (content: Buffer | number, over: Partial<FakeObject> = {}): FakeObject => ({
  content,
  etag: createHash('md5')
    .update(typeof content === 'number' ? String(content) : content)
    .digest('hex'),
  modified: new Date(),
  ...over,
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | { readonly zeros: number };
}

const lengthOf = (content: FakeObject['content']): number => (typeof content === 'number' ? content : content.length);

function errorAnswer(status: number, code: string, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  );
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
}

function objectAnswer(object: FakeObject, { headers }: IncomingMessage, isMatchKnown: boolean): Answer {
  const wanted = headers['if-match']?.replaceAll('"', '');
  if (isMatchKnown && wanted && wanted !== object.etag) return errorAnswer(412, 'PreconditionFailed');
  const length = lengthOf(object.content);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(Number(to ?? length - 1), length - 1);
  const { content } = object;
  return {
    status: from ? 206 : 200,
    headers: {
      etag: `"${object.etag}"`,
      'last-modified': object.modified.toUTCString(),
      ...(object.storageClass ? { 'x-amz-storage-class': object.storageClass } : {}),
      ...(from ? { 'content-range': `bytes ${start}-${end}/${length}` } : {}),
    },
    body: typeof content === 'number' ? { zeros: end - start + 1 } : content.subarray(start, end + 1),
  };
}

const ZEROS = Buffer.alloc(1 << 16);

/** Writes `count` bytes of the body, at a rate if there is one. */
async function writeBody(
  response: ServerResponse,
  body: Answer['body'],
  { count, bytesPerSecond }: { readonly count: number; readonly bytesPerSecond?: number },
): Promise<void> {
  const most = bytesPerSecond ? Math.max(1, Math.round(bytesPerSecond / 50)) : ZEROS.length;
  for (let at = 0; at < count && !response.destroyed; ) {
    const size = Math.min(most, count - at);
    const isTaken = response.write('zeros' in body ? ZEROS.subarray(0, size) : body.subarray(at, at + size));
    at += size;
    if (bytesPerSecond) await sleep(20);
    else if (!isTaken) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
}

async function send(response: ServerResponse, { status, headers, body }: Answer, fault: S3Fault | undefined) {
  const whole = 'zeros' in body ? body.zeros : body.length;
  const isCut = fault?.kind === 'cut' || fault?.kind === 'short' || fault?.kind === 'stall';
  const count = isCut ? Math.min(fault.bytes, whole) : whole;
  const promised = fault?.kind === 'short' ? count : whole;
  response.writeHead(status, { ...headers, 'content-length': String(promised) });
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  await writeBody(response, body, {
    count,
    ...(fault?.kind === 'drip' ? { bytesPerSecond: fault.bytesPerSecond } : {}),
  });
  if (fault?.kind === 'stall') return;
  if (fault?.kind === 'cut') response.socket?.resetAndDestroy();
  else response.end();
}

const OPERATIONS: Readonly<Record<string, S3Request['operation']>> = {
  GET: 'get',
  HEAD: 'head',
  PUT: 'put',
  DELETE: 'delete',
};

/** Not by `URL`, which would take `..` in keys for a path. */
function readAddress(request: IncomingMessage) {
  const [path = '', query = ''] = (request.url ?? '/').split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key: decodeURIComponent(key), query: new URLSearchParams(query) };
}

function describeRequest(request: IncomingMessage): Omit<S3Request, 'attempt'> {
  const { bucket, key, query } = readAddress(request);
  const isList = key === '' && query.get('list-type') === '2';
  const operation = isList ? 'list' : key === '' ? 'other' : (OPERATIONS[request.method ?? ''] ?? 'other');
  const token = query.get('continuation-token');
  return { operation, bucket, key, page: isList ? Number(token?.split(':', 1)[0] ?? 1) : 0 };
}

/**
 * A small S3 server in memory for faults that no real server can be made to show: List v2, Get, Head, Put, Delete,
 * Create Bucket. It is held to the same contract suite as real servers. Signatures are not verified, only the key id.
 */
export async function startS3Fake(options: { readonly buckets?: readonly string[] } = {}): Promise<S3Fake> {
  const buckets = new Map((options.buckets ?? []).map((name) => [name, new Map<string, FakeObject>()]));
  const fake = { buckets, pageSize: 1000, fault: undefined as S3Fake['fault'], requests: [] as S3Request[] };

  function handleObject(request: IncomingMessage, about: S3Request, body: Buffer, fault: S3Fault | undefined): Answer {
    const objects = buckets.get(about.bucket);
    if (about.operation === 'other' && request.method === 'PUT') {
      buckets.set(about.bucket, objects ?? new Map());
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    }
    if (!objects) return errorAnswer(404, 'NoSuchBucket');
    if (about.operation === 'put') {
      const object = fakeObject(body);
      objects.set(about.key, object);
      return { status: 200, headers: { etag: `"${object.etag}"` }, body: Buffer.alloc(0) };
    }
    if (about.operation === 'delete') {
      objects.delete(about.key);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const object = objects.get(about.key);
    if (about.operation === 'other') return errorAnswer(501, 'NotImplemented');
    return object ? objectAnswer(object, request, fault?.kind !== 'ignores-if-match') : errorAnswer(404, 'NoSuchKey');
  }

  function answer(request: IncomingMessage, about: S3Request, body: Buffer, fault: S3Fault | undefined): Answer {
    if (!request.headers.authorization?.includes(`Credential=${STORE_CREDENTIALS.accessKeyId}/`))
      return errorAnswer(403, 'InvalidAccessKeyId');
    if (fault?.kind === 'status')
      return errorAnswer(fault.status, fault.code, fault.retryAfter ? { 'retry-after': fault.retryAfter } : {});
    if (about.operation !== 'list') return handleObject(request, about, body, fault);
    const objects = buckets.get(about.bucket);
    if (!objects) return errorAnswer(404, 'NoSuchBucket');
    const { query } = readAddress(request);
    const xml = listPage(objects, { query, page: about.page, pageSize: fake.pageSize, fault: fault?.kind });
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const described = describeRequest(request);
    const isSame = (one: S3Request): boolean => isDeepStrictEqual({ ...one, attempt: 0 }, { ...described, attempt: 0 });
    const attempt = fake.requests.filter(isSame).length + 1;
    const about = { ...described, attempt };
    fake.requests.push(about);
    const fault = fake.fault?.(about);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'delay') await sleep(fault.ms);
    if (fault?.kind === 'reset') request.socket.resetAndDestroy();
    else await send(response, answer(request, about, body, fault), fault);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(fake, objectStoreAccess(endpoint), { stop });
}
