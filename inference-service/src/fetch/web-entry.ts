// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { isBelow, isPlainPath } from './plain-path.ts';
import { isPublicIp } from './public-ip.ts';

/** One `https://host[:port][/prefix]` of the allow-list. */
export interface WebEntry {
  readonly protocol: 'http:' | 'https:';
  /** As WHATWG URL writes it: lower case, punycode, IPv4 in four parts, IPv6 in brackets. */
  readonly host: string;
  /** `*.host`: every name below it, not itself. */
  readonly isWildcard: boolean;
  readonly port: string;
  /** Without a slash at its end; empty for everything. */
  readonly prefix: string;
  /** A loopback or private IP address: only ever reached because it is written out. */
  readonly isPrivate: boolean;
}

const ENTRY = /^(https?):\/\/(\*\.)?(\[[\da-f:.]+\]|[^\s/\\:?#@*[\]]+)(?::(\d{1,5}))?(\/[^\s?#*]*)?$/i;
const DEFAULT_PORTS = { 'http:': '80', 'https:': '443' } as const;

const portOf = ({ protocol, port }: URL): string =>
  port === '' ? DEFAULT_PORTS[protocol === 'http:' ? 'http:' : 'https:'] : port;

const ipOf = (host: string): string => host.replace(/^\[|\]$/g, '');

/** @throws Error with what is wrong */
export function parseWebEntry(text: string): WebEntry {
  const [, , star, , port, prefix = ''] = ENTRY.exec(text) ?? [];
  const address = text.replace('://*.', '://');
  if (!ENTRY.test(text) || !URL.canParse(address))
    throw new Error('must be https://host[:port][/prefix]; a host may begin with *.');
  const url = new URL(address);
  const ip = ipOf(url.hostname);
  const isWildcard = star !== undefined;
  if (isWildcard && (isIP(ip) !== 0 || !url.hostname.replace(/\.$/, '').includes('.')))
    throw new Error('* must stand before a name of at least two parts, as in *.example.org');
  const isPrivate = isIP(ip) !== 0 && !isPublicIp(ip);
  if (isPrivate && port === undefined) throw new Error('a private address needs its port, as in http://127.0.0.1:9000');
  if (!isPlainPath(prefix)) throw new Error('the prefix must not contain . or ..');
  return {
    protocol: url.protocol === 'http:' ? 'http:' : 'https:',
    host: url.hostname,
    isWildcard,
    port: portOf(url),
    prefix: url.pathname.replace(/\/+$/, ''),
    isPrivate,
  };
}

const isHost = ({ host, isWildcard }: WebEntry, hostname: string): boolean =>
  isWildcard ? hostname.endsWith(`.${host}`) : hostname === host;

/**
 * Whether the entry covers an address. Scheme, host and port must be the same, and IP addresses are covered only by
 * themselves: a name that resolves to a private address is refused later, by `createVettedLookup`.
 */
export const coversWeb = (entry: WebEntry, url: URL): boolean =>
  url.protocol === entry.protocol &&
  isHost(entry, url.hostname) &&
  portOf(url) === entry.port &&
  isPlainPath(url.pathname) &&
  isBelow(url.pathname, entry.prefix);
