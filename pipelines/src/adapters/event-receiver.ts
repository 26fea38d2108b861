// SPDX-License-Identifier: Apache-2.0
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type BucketEvents, readBucketEvents } from '../core/sync/bucket-events.ts';
import { listenOn } from './listen-on.ts';

interface Options {
  readonly host: string;
  readonly port: number;
  /** Whoever sends must know it; undefined: anybody who reaches the port may. */
  readonly token: string | undefined;
  /** Resolves once the keys are kept; what it throws is answered with 503. */
  readonly accept: (events: BucketEvents) => Promise<number>;
}

export interface EventReceiver {
  readonly url: string;
  /** Takes no more; requests under way are answered. */
  close(): Promise<void>;
}

/** SNS sends at most 256 KiB, a thousand records of the longest keys make 2 MiB. */
const MOST_BYTES = 4 << 20;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  // What is left of a refused body is not read: the connection ends with the answer.
  const headers = status < 400 ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `Authorization: Bearer TOKEN`, `Basic` with the token as password (user:token@ in an address), or `?token=`. */
function tokensIn({ headers, url }: IncomingMessage): string[] {
  const [, scheme = '', value = ''] = /^(\w+) +(.+)$/.exec(headers.authorization ?? '') ?? [];
  const basic = Buffer.from(value, 'base64').toString();
  const given = new URL(url ?? '/', 'http://receiver').searchParams.getAll('token');
  if (/^bearer$/i.test(scheme)) given.push(value.trim());
  if (/^basic$/i.test(scheme)) given.push(basic.slice(basic.indexOf(':') + 1));
  return given;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  // The answer to a body that is too large still needs the connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Refusal(413, 'body_too_large', `a notification has at most ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal(400, 'invalid_json', 'the body is not valid JSON');
  }
}

async function take(request: IncomingMessage, { token, accept }: Options): Promise<number> {
  if (request.method !== 'POST') throw new Refusal(405, 'method_not_allowed', 'events are sent with POST');
  const isKnown = token === undefined || tokensIn(request).some((one) => timingSafeEqual(digest(one), digest(token)));
  if (!isKnown) throw new Refusal(401, 'invalid_token', 'send the token of EARSHOT_WATCH_TOKEN');
  const events = readBucketEvents(await readBody(request));
  if (events.kind === 'unknown') throw new Refusal(400, 'not_an_event', 'neither S3 records nor an EventBridge event');
  return accept(events).catch((error: unknown) => {
    throw new Refusal(503, 'not_stored', (error as Error).message);
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, options: Options): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://receiver');
  if (request.method === 'GET' && pathname === '/health/live') return answer(response, 200, { status: 'ok' });
  try {
    answer(response, 200, { keys: await take(request, options) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 503) response.setHeader('retry-after', '10');
    answer(response, error.status, { error: { code: error.code, message: error.message } });
  }
}

function createReceiver(options: Options): Server {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    handle(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = 512;
  return server;
}

/** Receives notifications of buckets: 200 only once what they name is kept. @throws EarshotError LISTEN_FAILED */
export async function startEventReceiver(options: Options): Promise<EventReceiver> {
  const server = createReceiver(options);
  const url = await listenOn(server, options);
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
  };
  return { url, close };
}
