// SPDX-License-Identifier: Apache-2.0
import { promises as dns, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { FetchRefusal } from './fetch-refusal.ts';
import { isPublicIp } from './public-ip.ts';

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: Resolve = (hostname) => dns.lookup(hostname, { all: true });

interface LookupOptions {
  readonly resolve?: Resolve;
  readonly isAllowed?: (ip: string) => boolean;
}

/**
 * A lookup for sockets that refuses a name when any of its addresses is not public. The socket connects to what was
 * looked at here, without asking again, so an answer that changes between check and use (DNS rebinding) gains nothing.
 */
export function createVettedLookup({
  resolve = resolveBySystem,
  isAllowed = isPublicIp,
}: LookupOptions = {}): LookupFunction {
  return (hostname, { all }, done) => {
    const answer = async (): Promise<readonly LookupAddress[]> => {
      const addresses = await resolve(hostname);
      const refused = addresses.find(({ address }) => !isAllowed(address));
      if (refused) throw new FetchRefusal('fetch_failed', `${hostname} resolves to ${refused.address}, not public`);
      if (addresses.length === 0) throw new FetchRefusal('fetch_failed', `${hostname} has no address`);
      return addresses;
    };
    answer().then(
      (addresses) => {
        const [first] = addresses;
        if (all) done(null, [...addresses]);
        else done(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => done(error, all ? [] : ''),
    );
  };
}
