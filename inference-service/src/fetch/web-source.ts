// SPDX-License-Identifier: Apache-2.0
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { FetchRefusal } from './fetch-refusal.ts';
import { coversWeb, type WebEntry } from './web-entry.ts';

const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CONNECT_TIMEOUT_MS = 5000;
const MOST_HEADER_BYTES = 16 * 1024;

/** Nothing of the caller's travels on, and nothing is to be unpacked. */
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'earshot-inference' };

interface WebSourceOptions {
  readonly entries: readonly WebEntry[];
  /** Asked for every connection to a name; see `createVettedLookup`. */
  readonly lookup: LookupFunction;
  /** Headers that put a fetch into the trace of its request. */
  readonly traceHeaders?: (() => Readonly<Record<string, string>>) | undefined;
}

interface WebRequest {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface WebSource {
  /** @throws FetchRefusal url_not_allowed */
  assertListed(address: string): URL;
  open(address: string, options: WebRequest): Promise<Readable>;
}

/** An address without what may be secret: user, password, query, fragment. */
export function describeAddress(address: string | URL): string {
  const text = String(address);
  if (/^(s3|file):/i.test(text))
    return text
      .replace(/[?#].*$/s, '')
      .replace(/\/\/[^/]*@/, '//')
      .slice(0, 300);
  if (!URL.canParse(text)) return '(an address that cannot be read)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`.slice(0, 300);
}

/** Bodies that are not read on must go, or they hold their connection. */
function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function redirectTarget({ statusCode, headers }: Dispatcher.ResponseData, base: URL): string | undefined {
  if (!REDIRECTS.has(statusCode)) return undefined;
  const { location } = headers;
  if (typeof location !== 'string' || !URL.canParse(location, base.href))
    throw new FetchRefusal('fetch_failed', 'redirect without a target');
  return new URL(location, base).href;
}

function assertUsable({ statusCode, headers }: Dispatcher.ResponseData, maxBytes: number): void {
  if (statusCode !== 200) throw new FetchRefusal('fetch_failed', `status ${statusCode}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new FetchRefusal('fetch_failed', `content-encoding ${String(encoding)}`);
  if (Number(headers['content-length'] ?? 0) > maxBytes)
    throw new FetchRefusal('audio_too_large', `content-length ${String(headers['content-length'])}`);
}

/**
 * Recordings over http and https. Redirects are followed here, one by one, each held against the list like the first
 * address; every hop opens a connection of its own, so that every hop asks the vetted lookup.
 */
export function createWebSource({ entries, lookup, traceHeaders }: WebSourceOptions): WebSource {
  const agent = new Agent({
    connect: { lookup, timeout: CONNECT_TIMEOUT_MS },
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: MOST_HEADER_BYTES,
  });

  const assertListed = (address: string): URL => {
    if (!URL.canParse(address)) throw new FetchRefusal('url_not_allowed', 'not an address');
    const url = new URL(address);
    if (url.username !== '' || url.password !== '') throw new FetchRefusal('url_not_allowed', 'credentials in it');
    if (!entries.some((entry) => coversWeb(entry, url))) throw new FetchRefusal('url_not_allowed', 'not listed');
    return url;
  };

  const assertRedirect = (target: string): URL => {
    try {
      return assertListed(target);
    } catch (error) {
      const reason = `redirect to ${describeAddress(target)}: ${(error as Error).message}`;
      throw new FetchRefusal('fetch_failed', reason, error);
    }
  };

  const open = async (address: string, { maxBytes, signal }: WebRequest): Promise<Readable> => {
    let url = assertListed(address);
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await request(url, { dispatcher: agent, headers: { ...traceHeaders?.(), ...HEADERS }, signal });
      try {
        const target = redirectTarget(answer, url);
        if (target === undefined) {
          assertUsable(answer, maxBytes);
          return answer.body;
        }
        discard(answer.body);
        url = assertRedirect(target);
      } catch (error) {
        discard(answer.body);
        throw error;
      }
    }
    throw new FetchRefusal('fetch_failed', `more than ${MOST_REDIRECTS} redirects`);
  };

  return { assertListed, open };
}
