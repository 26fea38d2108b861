// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { findFile } from './file-root.ts';
import { findObject } from './object-entry.ts';
import { coversWeb } from './web-entry.ts';

describe('the list', () => {
  test('reads every kind of place; empty is a list of none', () => {
    const list = parseAllowList(
      'https://media.example.org/a/, http://*.Example.NET:8080,s3://library/2024/,file:/srv/audio/, http://127.0.0.1:9000',
    );
    expect(list.web).toMatchObject([
      { protocol: 'https:', host: 'media.example.org', port: '443', prefix: '/a', isWildcard: false, isPrivate: false },
      { protocol: 'http:', host: 'example.net', port: '8080', prefix: '', isWildcard: true },
      { host: '127.0.0.1', port: '9000', isPrivate: true },
    ]);
    expect(list.objects).toEqual([{ bucket: 'library', prefix: '2024' }]);
    expect(list.roots).toEqual(['/srv/audio']);
    expect(parseAllowList(' , ')).toEqual({ web: [], objects: [], roots: [] });
  });

  test.each([
    ['*', 'must begin with'],
    ['example.org', 'must begin with'],
    ['ftp://example.org', 'must begin with'],
    ['https://*', 'must be https://host'],
    ['https://*.org', 'at least two parts'],
    ['https://*.', 'must be https://host'],
    ['https://a*.example.org', 'must be https://host'],
    ['https://*.0.0.1', 'at least two parts'],
    ['https://user:secret@example.org', 'must be https://host'],
    ['https://example.org/a?b', 'must be https://host'],
    ['https://example.org:99999', 'must be https://host'],
    ['https://example.org/a/../b', 'must not contain'],
    ['https://example.org/a/%2e%2e/b', 'must not contain'],
    ['http://127.0.0.1', 'needs its port'],
    ['http://2130706433', 'needs its port'],
    ['http://[::1]', 'needs its port'],
    ['http://169.254.169.254/latest', 'needs its port'],
    ['s3://', 'must be s3://'],
    ['s3://*', 'must be s3://'],
    ['s3://b', 'must be s3://'],
    ['s3://library/../other', 'must not contain'],
    ['file:/', 'must be file:'],
    ['file://host/share', 'must be file:'],
    ['file:relative', 'must be file:'],
    ['file:/srv/..', 'whole file system'],
  ])('%s is refused: %s', (entry, reason) => {
    expect(() => parseAllowList(`https://fine.example.org,${entry}`)).toThrow(reason);
  });

  test('all its problems are named together', () => {
    expect(() => parseAllowList('*,https://*')).toThrow(/"\*" .*; "https:\/\/\*" /);
  });
});

const list = parseAllowList(
  'https://media.example.org/audio,http://plain.example.org:8080,https://*.wild.example.org,https://müsic.example.org,' +
    'http://127.0.0.1:9000,https://8.8.8.8,s3://library/prefix,file:/srv/audio',
);
const covers = (address: string): boolean => list.web.some((entry) => coversWeb(entry, new URL(address)));

describe('addresses of the web', () => {
  test.each([
    'https://media.example.org/audio',
    'https://media.example.org/audio/a.wav?signature=x',
    'https://media.example.org:443/audio/a.wav',
    'https://MEDIA.EXAMPLE.ORG/audio/a.wav',
    'https://ｍedia.example.org/audio/a.wav',
    'https://media.example.org/audio/x/../a.wav',
    'http://plain.example.org:8080/a.wav',
    'https://a.wild.example.org/x',
    'https://a.b.wild.example.org/x',
    'https://MÜSIC.example.org/x',
    'https://xn--msic-0ra.example.org/x',
    'http://127.0.0.1:9000/bucket/key',
    'http://2130706433:9000/the-same-address-as-listed',
    'https://8.8.8.8/a.wav',
  ])('%s is covered', (address) => {
    expect(covers(address)).toBe(true);
  });

  test.each([
    ['another prefix', 'https://media.example.org/'],
    ['a prefix that only begins alike', 'https://media.example.org/audiobooks/a.wav'],
    ['a step up', 'https://media.example.org/audio/../secret'],
    ['an encoded step up', 'https://media.example.org/audio/%2e%2e/secret'],
    ['an encoded slash after a step up', 'https://media.example.org/audio/..%2fsecret'],
    ['a step up encoded twice', 'https://media.example.org/audio/%252e%252e/secret'],
    ['a step up with a parameter', 'https://media.example.org/audio/..;x/secret'],
    ['an encoded backslash', 'https://media.example.org/audio/..%5csecret'],
    ['plain http', 'http://media.example.org/audio/a.wav'],
    ['https where http is listed', 'https://plain.example.org:8080/a.wav'],
    ['another port', 'https://media.example.org:8443/audio/a.wav'],
    ['the default port where another is listed', 'http://plain.example.org/a.wav'],
    ['a trailing dot', 'https://media.example.org./audio/a.wav'],
    ['a name that ends alike', 'https://evilmedia.example.org/audio/a.wav'],
    ['a name that begins alike', 'https://media.example.org.evil.net/audio/a.wav'],
    ['the listed name as the user', 'https://media.example.org@evil.net/audio/a.wav'],
    ['a wildcard itself', 'https://wild.example.org/x'],
    ['a wildcard that ends alike', 'https://evilwild.example.org/x'],
    ['a letter that only looks alike', 'https://mеdia.example.org/audio/a.wav'],
    ['decimal loopback', 'http://2130706433/'],
    ['hexadecimal loopback', 'http://0x7f000001/'],
    ['octal loopback', 'http://0177.0.0.1/'],
    ['short loopback', 'http://127.1/'],
    ['mixed loopback', 'http://0x7f.1/'],
    ['loopback in full-width digits', 'http://１２７.0.0.1/'],
    ['loopback with a trailing dot', 'http://127.0.0.1./'],
    ['loopback at another port', 'http://127.0.0.1:9001/'],
    ['loopback as IPv6', 'http://[::1]:9000/'],
    ['mapped loopback', 'http://[::ffff:127.0.0.1]:9000/'],
    ['mapped loopback in hexadecimal', 'http://[::ffff:7f00:1]:9000/'],
    ['loopback through NAT64', 'http://[64:ff9b::7f00:1]/'],
    ['shared address space', 'http://100.64.0.1/'],
    ['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['the unspecified address', 'http://0.0.0.0/'],
    ['localhost', 'http://localhost:9000/'],
    ['the port of a listed IP address', 'https://8.8.8.8:444/'],
  ])('%s is not covered: %s', (_name, address) => {
    expect(covers(address)).toBe(false);
  });
});

describe('objects', () => {
  test('a key below the prefix is taken as it stands', () => {
    const key = 'prefix/ä b+c%20?d#e.wav';
    expect(findObject(list.objects, `s3://library/${key}`)).toEqual({ bucket: 'library', key });
    expect(findObject(list.objects, 'S3://library/prefix')).toEqual({ bucket: 'library', key: 'prefix' });
  });

  test.each([
    's3://library/other/key',
    's3://library/prefixed/key',
    's3://library/prefix/../other/key',
    's3://library/prefix/%2e%2e/other/key',
    's3://library/prefix/%252e%252e/other/key',
    's3://library/prefix/..',
    's3://library/prefix/a\0b',
    's3://library',
    's3://library/',
    's3://other/prefix/key',
    's3://user@library/prefix/key',
    's3://library:80/prefix/key',
    's3:/library/prefix/key',
    's3://LIBRARY/prefix/key',
  ])('%j is not covered', (address) => {
    expect(findObject(list.objects, address)).toBeUndefined();
  });
});

describe('files', () => {
  test('a file below the root is found by its decoded path', () => {
    const found = { path: '/srv/audio/a b.wav', root: '/srv/audio' };
    expect(findFile(list.roots, 'file:///srv/audio/a%20b.wav')).toEqual(found);
    expect(findFile(list.roots, 'file:/srv/audio/x/../a%20b.wav')).toEqual(found);
  });

  test.each([
    'file:///srv/audio',
    'file:///srv/audio/',
    'file:///srv/audiobooks/a.wav',
    'file:///srv/audio/../secret',
    'file:///srv/audio/%2e%2e/secret',
    'file:///srv/audio/..%2fsecret',
    'file:///srv/audio/a%00.wav',
    'file://host/srv/audio/a.wav',
    'file:///etc/passwd',
  ])('%s is not covered', (address) => {
    expect(findFile(list.roots, address)).toBeUndefined();
  });
});
