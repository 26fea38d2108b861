// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

type Header = readonly [name: string, value: string];

const TYPES = [
  'audio/wav',
  'AUDIO/WAV; charset=\xff',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/mixed; boundary=x',
  'application/json; charset=utf-7',
  'application/json; charset=utf-16le',
  'text/plain',
  'image/png',
  '/',
  ';;;',
  'a'.repeat(3000),
  '',
];

/** Headers that the service or Node reads, with values that they should not have. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'Content-Type': TYPES,
  'Content-Encoding': ['gzip', 'br', 'deflate', 'identity', 'x', 'gzip, gzip', ''],
  'X-Request-Timeout-Ms': ['0', '-1', '1', '5', '1e3', 'NaN', '999999999', '9999999999', ' ', '1, 2'],
  'X-Earshot-Priority': ['bulk', 'interactive', 'BULK', '', 'urgent', '__proto__', 'bulk, bulk'],
  'X-Request-Id': ['', 'a b', '{jndi:x}', 'a'.repeat(129), '\xff\xfe', 'ok-1'],
  traceparent: [
    '00-00000000000000000000000000000000-0000000000000000-00',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x',
    '00',
    '-'.repeat(2000),
    '',
  ],
  tracestate: ['a=b', '='.repeat(600), ',,,,', 'a=b,'.repeat(500), '\xff'],
  Accept: ['application/x-ndjson', '*/*;q=0', 'a/b/c', ',', 'application/json;q=NaN', 'text/html', ''],
  'Cache-Control': ['no-cache', 'no-store', 'max-age=NaN', ''],
  Authorization: ['Bearer', 'Bearer ', 'Basic AAAA', `Bearer ${'x'.repeat(4000)}`],
  'Accept-Encoding': ['*;q=0', 'gzip'],
  Range: ['bytes=0-0', 'bytes=-1'],
  'If-None-Match': ['*'],
  'Inference-Header-Content-Length': ['0', '-1', '1e3', '99999999999999999999', 'NaN', '3', ''],
};

/** For these Node may answer by itself, or wait for more. */
const WIRE: readonly Header[] = [
  ['Expect', '100-continue'],
  ['Expect', 'miracles'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'gzip'],
  ['Content-Length', '5'],
  ['Connection', 'close'],
  ['Connection', 'upgrade'],
  ['Upgrade', 'websocket'],
  ['X-Nul', 'a\0b'],
  ['X-Fold', 'a\r\n b'],
  ['Bad Name', 'a'],
  ['', 'a'],
  ['X-Long', 'a'.repeat(17_000)],
  ['__proto__', 'a'],
];

const name = (random: Random): string => random.pick(Object.keys(HEADERS));

/** Up to three headers with odd values. */
export function hostileHeaders(random: Random): Header[] {
  return Array.from({ length: random.below(4) }, () => {
    const chosen = name(random);
    return [chosen, random.pick(HEADERS[chosen] ?? [''])];
  });
}

/** A header or a length over which HTTP parsers stumble. */
export const wireHeader = (random: Random): Header => random.pick(WIRE);

export const LYING_LENGTHS = ['-1', '0', '1', '99999999', '18446744073709551616', 'NaN', '1e3', '5, 6', '', '+4'];
