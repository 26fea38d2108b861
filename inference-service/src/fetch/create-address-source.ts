// SPDX-License-Identifier: Apache-2.0
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { AddressSource, OpenOptions } from '../core/address-source.ts';
import { Gate } from '../core/gate.ts';
import { ServiceError } from '../core/service-error.ts';
import { type AllowList, isEmptyList } from './allow-list.ts';
import { FetchRefusal } from './fetch-refusal.ts';
import { findFile } from './file-root.ts';
import { guardBody } from './guard-body.ts';
import { findObject } from './object-entry.ts';
import { createObjectSource, type S3Connection } from './object-source.ts';
import { openFile } from './open-file.ts';
import { createWebSource, describeAddress } from './web-source.ts';

const LONGEST_ADDRESS = 8192;
/** Fetches that may wait for each that is under way. */
const WAITING_PER_FETCH = 64;

interface AddressSourceOptions {
  readonly allowList: AllowList;
  /** From the first connection to the last byte, redirects included. */
  readonly timeoutMs: number;
  /** Fetches at once; more wait. */
  readonly maxConcurrent: number;
  readonly s3: S3Connection;
  readonly lookup: LookupFunction;
  readonly log: Pick<Logger, 'warn'>;
  readonly traceHeaders?: () => Readonly<Record<string, string>>;
}

type Opener = (options: { readonly maxBytes: number; readonly signal: AbortSignal }) => Promise<Readable>;

const notListed = (): FetchRefusal => new FetchRefusal('url_not_allowed', 'not listed');

/** Chooses by scheme; the list decides before anything is opened. */
function createOpeners({ allowList, s3, lookup, traceHeaders }: AddressSourceOptions): (address: string) => Opener {
  const web = createWebSource({ entries: allowList.web, lookup, traceHeaders });
  const objects = createObjectSource(s3);
  return (address) => {
    if (address.length > LONGEST_ADDRESS) throw new FetchRefusal('url_not_allowed', 'longer than any address');
    const scheme = /^[a-z\d]+(?=:)/i.exec(address)?.[0].toLowerCase();
    if (scheme === 's3') {
      const object = findObject(allowList.objects, address);
      if (!object) throw notListed();
      return (options) => objects.open(object, options);
    }
    if (scheme === 'file') {
      const file = findFile(allowList.roots, address);
      if (!file) throw notListed();
      return ({ maxBytes }) => openFile({ ...file, maxBytes });
    }
    web.assertListed(address);
    return (options) => web.open(address, options);
  };
}

/** Recordings by address, for what the allow-list covers. */
export function createAddressSource(options: AddressSourceOptions): AddressSource {
  const { allowList, timeoutMs, maxConcurrent, log } = options;
  const openerOf = createOpeners(options);
  const gate = new Gate({
    what: 'fetches',
    capacity: maxConcurrent,
    reserved: 0,
    maxWaiting: () => maxConcurrent * WAITING_PER_FETCH,
    holdMs: 0,
    maxHeld: 0,
  });
  const refusalText = isEmptyList(allowList)
    ? 'Recordings are not fetched by address here (EARSHOT_FETCH_ALLOW is empty)'
    : 'This address is not among the places that may be fetched from';

  /** One text a code: what is wrong at the other end is the operator's to know, and stands in the log. */
  const translate = (error: unknown, maxBytes: number): ServiceError => {
    const code = error instanceof FetchRefusal ? error.code : 'fetch_failed';
    const texts = {
      url_not_allowed: refusalText,
      fetch_failed: 'The recording cannot be fetched',
      audio_too_large: `The recording is larger than ${maxBytes} bytes`,
    };
    return new ServiceError(code, texts[code], { cause: error });
  };

  const report = (address: string, error: unknown): void => {
    const { name, code, message } = error as Error & { readonly code?: unknown };
    const reason = error instanceof FetchRefusal ? message : [name, code].filter(Boolean).join(' ');
    log.warn({ address: describeAddress(address), reason }, 'recording not fetched');
  };

  const find = (address: string): Opener => {
    try {
      return openerOf(address);
    } catch (error) {
      report(address, error);
      throw translate(error, 0);
    }
  };

  const fetchOne = async (address: string, { maxBytes, signal: given }: OpenOptions): Promise<Readable> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([given, timeout]);
    const fail = (error: unknown): unknown => {
      if (given.aborted) return given.reason;
      report(address, error);
      return timeout.aborted
        ? new ServiceError('deadline_exceeded', `The recording was not fetched within ${timeoutMs} ms`)
        : translate(error, maxBytes);
    };
    try {
      const body = await find(address)({ maxBytes, signal });
      return guardBody(body, { maxBytes, signal, translate: fail });
    } catch (error) {
      throw error instanceof ServiceError ? error : fail(error);
    }
  };

  return {
    assertListed: (address) => void find(address),
    open: (address, open) => {
      const { promise, resolve, reject } = Promise.withResolvers<Readable>();
      const hold = async (): Promise<void> => {
        const body = await fetchOne(address, open);
        const closed = new Promise((done) => body.once('close', done));
        resolve(body);
        await closed;
      };
      gate.enter(open, hold).catch(reject);
      return promise;
    },
  };
}
