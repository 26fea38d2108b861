// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

const NUMBERS = [
  '-1',
  '0',
  'NaN',
  '1e309',
  'Infinity',
  '0x10',
  '1e-9',
  '.5',
  '',
  ' 1',
  '1,5',
  '9'.repeat(400),
  '0.0000001',
];
const WORDS = ['true', 'TRUE', '1', '', 'none', 'mean', '__proto__', '%00', '%ff', '%', '%ud800', 'a'.repeat(3000)];
const MODELS = [
  'tiny-1',
  'spectral-1',
  'tiny-1,spectral-1',
  'tiny-1,tiny-1',
  'nope',
  ',',
  '',
  'constructor',
  '%00',
  '..%2f..',
];

/** Parameters of `/v1/audio/embeddings`, good and bad values mixed. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  model: MODELS,
  window: ['1', ...NUMBERS],
  hop: ['0.5', '0.01', '1', ...NUMBERS],
  offset: ['0', '0.2', '100000', ...NUMBERS],
  duration: ['0.5', '100000', '0.001', ...NUMBERS],
  peaks: ['1', '100', '10000', '10001', '999999', ...NUMBERS],
  pooling: ['mean', 'max', 'none', ...WORDS],
  encoding: ['float', 'base64', ...WORDS],
  input_type: ['ingest', 'search', ...WORDS],
  segments: ['true', 'false', ...WORDS],
  lenient: ['true', 'false', ...WORDS],
  __proto__x: WORDS,
  'a[b]': WORDS,
};

/** A query string with its question mark, or nothing; names may repeat. */
export function hostileQuery(random: Random): string {
  const count = random.below(5);
  if (count === 0) return '';
  const parts = Array.from({ length: count }, () => {
    const name = random.pick(Object.keys(VALUES));
    // Half of the values are those that are right for the parameter.
    const values = VALUES[name] ?? [''];
    return `${name}=${encodeLoosely(random.chance(0.5) ? (values[0] ?? '') : random.pick(values))}`;
  });
  if (random.chance(0.1)) parts.push(random.pick(['__proto__=1', '&&', '=', 'model', 'toString=1']));
  return `?${parts.join('&')}`;
}

/** Blanks would end the request line; all else goes as it is. */
const encodeLoosely = (text: string): string => text.replaceAll(' ', '%20');

/** Models as part of a path. */
export const hostileModel = (random: Random): string =>
  random.pick([
    ...MODELS,
    '%',
    '%ff',
    '%2e%2e',
    '__proto__',
    'tiny-1/versions/1',
    'tiny-1/versions/-1',
    'a'.repeat(8000),
  ]);
