// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseKeyRing } from './key-ring.ts';

const sum = (secret: string): string => createHash('sha256').update(secret).digest('hex');

test('lines and JSON give the same keys', () => {
  const lines = parseKeyRing(`# keys\n\nsync:${sum('s1')}:embed,metrics\npanel:${sum('s2')}\n`);
  const json = parseKeyRing(JSON.stringify([{ name: 'sync', sha256: sum('s1'), scopes: ['embed', 'metrics'] }]));
  expect(lines.find('s1')).toMatchObject({ name: 'sync', scopes: ['embed', 'metrics'] });
  expect(lines.find('s2')).toMatchObject({ name: 'panel', scopes: ['embed'] });
  expect(json.find('s1')).toMatchObject({ name: 'sync' });
  expect(lines.find('s3')).toBeUndefined();
  expect(lines.find(sum('s1'))).toBeUndefined();
});

test.each([
  ['', /no key/],
  ['sync:abc:embed', /64 hexadecimal/],
  [`sync:${sum('x')}:root`, /Invalid option/],
])('%j is refused', (text, message) => {
  expect(() => parseKeyRing(text)).toThrow(message);
});
