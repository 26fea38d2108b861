// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { objectStoreAccess } from '@earshot/e2e/support';
import { startLoopbackServer } from './loopback-server.ts';

export interface SimulatedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** Objects in UTF-8 byte order of their keys; they may be made up while they are asked for, so millions cost nothing. */
export interface BucketContents {
  readonly count: number;
  at(index: number): SimulatedObject;
  find(key: string): SimulatedObject | undefined;
  bodyOf(object: SimulatedObject): Iterable<Buffer>;
}

export interface SimulatedBucket {
  contents: BucketContents;
  /** Requests answered so far. */
  readonly counts: { pages: number; gets: number; heads: number };
  /** Settings of a source that is this bucket. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const BUCKET = 'simulated';
const PAGE = 1000;
const MODIFIED = '2026-01-02T03:04:05.000Z';

const encode = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

function pageXml(contents: BucketContents, from: number): string {
  const to = Math.min(from + PAGE, contents.count);
  let objects = '';
  for (let i = from; i < to; i++) {
    const { key, size, etag } = contents.at(i);
    objects += `<Contents><Key>${encode(key)}</Key><LastModified>${MODIFIED}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  }
  const isTruncated = to < contents.count;
  const next = isTruncated ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${BUCKET}</Name><EncodingType>url</EncodingType><KeyCount>${to - from}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${next}${objects}</ListBucketResult>`;
}

const errorXml = (code: string): string => `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`;

/** An S3 endpoint on loopback with one bucket that exists only as a rule: lists, gets (If-Match), heads. */
export async function startSimulatedBucket(contents: BucketContents): Promise<SimulatedBucket> {
  const state = { contents, counts: { pages: 0, gets: 0, heads: 0 } };

  function list(url: URL, response: ServerResponse): void {
    state.counts.pages++;
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    response.writeHead(200, { 'content-type': 'application/xml' }).end(pageXml(state.contents, from));
  }

  async function serve(request: IncomingMessage, response: ServerResponse, key: string): Promise<void> {
    state.counts[request.method === 'HEAD' ? 'heads' : 'gets']++;
    const object = state.contents.find(key);
    const wanted = request.headers['if-match']?.replaceAll('"', '');
    const refuse = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? undefined : errorXml(code));
    };
    if (!object) return refuse(404, 'NoSuchKey');
    if (wanted && wanted !== object.etag) return refuse(412, 'PreconditionFailed');
    response.writeHead(200, {
      etag: `"${object.etag}"`,
      'content-length': object.size,
      'last-modified': new Date(MODIFIED).toUTCString(),
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(Readable.from(state.contents.bodyOf(object), { objectMode: false }), response);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(url.pathname.slice(BUCKET.length + 2));
    if (key === '') list(url, response);
    else await serve(request, response, key);
  }

  const { url, stop } = await startLoopbackServer(handle);
  const env = { EARSHOT_SOURCE: `s3://${BUCKET}`, ...objectStoreAccess(url).env };
  return Object.assign(state, { env, stop });
}
