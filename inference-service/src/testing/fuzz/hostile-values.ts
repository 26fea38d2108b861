// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

/** Text of JSON values that someone who means ill, or a broken client, would send. */
const VALUES: readonly ((random: Random) => string)[] = [
  () => 'null',
  () => 'true',
  () => '[]',
  () => '{}',
  () => '""',
  (random) => random.pick(['0', '-0', '-1', '1.5', '1e309', '-1e309', '1e-400', '9007199254740993', '4294967296']),
  (random) => '9'.repeat(random.pick([20, 400, 5000])),
  () => '"\\u0000"',
  () => '"\\ud800"',
  () => '"\\udc00\\ud800 \\u202e \\ufeff"',
  (random) => JSON.stringify('A'.repeat(random.pick([63, 64, 65, 5000]))),
  (random) => JSON.stringify(`data:audio/wav;base64,${random.bytes(random.below(200)).toString('base64')}`),
  (random) =>
    JSON.stringify(`data:${random.pick(['', ',', ';base64', 'audio/wav', 'text/html;base64,AAAA', ';=;=,'])}`),
  (random) => JSON.stringify(`data:audio/wav${';a=b'.repeat(random.pick([10, 500, 20_000]))};base64,AAAA`),
  (random) =>
    JSON.stringify(
      random.pick(['file:///etc/passwd', 'http://127.0.0.1:1/', 'http://[::1]', 's3://', 'ftp://a', 'https://\u0000']),
    ),
  (random) => JSON.stringify(random.pick(['how big', 'how big ', '__proto__', 'constructor', 'tiny-1', '../../etc'])),
  (random) => nested(random.pick([10, 1000, 50_000]), '[', ']'),
  (random) => nested(random.pick([10, 1000, 20_000]), '{"a":', '').concat('1', '}'.repeat(10)),
  (random) => `${'{"content":'.repeat(random.pick([1, 5, 2000]))}1${'}'.repeat(5)}`,
  () => '{"toString":null,"valueOf":1}',
  () => '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}}}',
  () => '{"toJSON":"a","then":"b","length":-1}',
  () => '{"content":[{"type":"audio","format":"base64","value":""}]}',
  () => '{"type":"audio","value":{"toString":1}}',
  () => '{"audio":["data:"]}',
  (random) => `[${Array.from({ length: random.pick([2, 2048, 2049, 10_000]) }, () => '"how big"').join()}]`,
  (random) => `[${Array.from({ length: random.pick([10, 10_000]) }, () => '1').join()}]`,
  (random) => random.pick(['NaN', 'Infinity', 'undefined', "'a'", '01', '+1', '.5', '"\u0001"', '/* */1', '1,']),
];

export const hostileJson = (random: Random): string => random.pick(VALUES)(random);

/** A JSON object with some of the fields, each good or hostile; sometimes broken as a whole. */
export function hostileObject(fields: Readonly<Record<string, () => string>>, random: Random): Buffer {
  const members = Object.entries(fields).flatMap(([name, good]) => {
    if (random.chance(0.04)) return [];
    return [`${JSON.stringify(name)}:${random.chance(0.12) ? hostileJson(random) : good()}`];
  });
  if (random.chance(0.1))
    members.push(`"${random.pick(['__proto__', 'toString', 'user', ''])}":${hostileJson(random)}`);
  const bytes = Buffer.from(`{${members.join()}}`);
  if (random.chance(0.04)) return bytes.subarray(0, random.below(bytes.length));
  if (random.chance(0.03)) return Buffer.from(hostileJson(random));
  if (random.chance(0.03)) return Buffer.concat([bytes, random.bytes(random.between(1, 20))]);
  if (random.chance(0.03)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
