// SPDX-License-Identifier: Apache-2.0
import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { isPublicIp } from './public-ip.ts';
import { createVettedLookup, type Resolve } from './vetted-lookup.ts';

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s is public', (ip) => {
  expect(isPublicIp(ip)).toBe(true);
});

test.each([
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1'],
  ...['192.0.0.8', '192.168.0.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a00:1', '64:ff9b::7f00:1', '64:ff9b:1::1'],
  ...['100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', 'fc00::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
  ...['4000::1', '', 'localhost', '127.0.0.1/8'],
])('%j is not public', (ip) => {
  expect(isPublicIp(ip)).toBe(false);
});

type Answer = readonly LookupAddress[] | string;

/** What a socket would be told, with each of the resolver's answers in turn. */
async function ask(answers: readonly (readonly string[])[], all: boolean): Promise<Answer[]> {
  const remaining = [...answers];
  const resolve: Resolve = async () =>
    (remaining.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup = createVettedLookup({ resolve });
  const told: Answer[] = [];
  for (const _answer of answers)
    told.push(
      await new Promise((done) =>
        lookup('media.example.org', { all }, (error, address) => done(error ? error.message : address)),
      ),
    );
  expect(remaining).toEqual([]);
  return told;
}

test('public answers are handed on, all or the first', async () => {
  const both = ['8.8.8.8', '2606:4700::1'];
  expect(await ask([both], false)).toEqual(['8.8.8.8']);
  expect(await ask([both], true)).toEqual([
    [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ],
  ]);
});

test.each([
  ['loopback', ['127.0.0.1']],
  ['a public and a private address', ['8.8.8.8', '10.0.0.1']],
  ['a public IPv4 and a mapped loopback', ['8.8.8.8', '::ffff:127.0.0.1']],
  ['cloud metadata', ['169.254.169.254']],
])('a name that resolves to %s is refused', async (_name, answer) => {
  expect(await ask([answer], true)).toEqual([expect.stringContaining('not public')]);
});

test('a name without addresses is refused', async () => {
  expect(await ask([[]], true)).toEqual(['media.example.org has no address']);
});

test('a resolver that changes its mind is asked once a connection, and its answer is looked at each time', async () => {
  expect(await ask([['8.8.8.8'], ['127.0.0.1']], false)).toEqual(['8.8.8.8', expect.stringContaining('127.0.0.1')]);
});
