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

test('limits stand behind the scopes of a line, or in JSON', () => {
  const lines = parseKeyRing(`sync:${sum('s1')}::requests_per_minute=60, max_concurrent_requests=2\n`);
  const limits = { requests_per_minute: 60, max_concurrent_requests: 2 };
  const json = parseKeyRing(JSON.stringify([{ name: 'sync', sha256: sum('s1'), scopes: ['embed'], limits }]));
  for (const ring of [lines, json])
    expect(ring.find('s1')).toMatchObject({
      scopes: ['embed'],
      limits: { requestsPerMinute: 60, maxConcurrentRequests: 2 },
    });
});

test.each([
  [`sync:${sum('x')}:embed:requests_per_minute=many`, /limits/],
  [`sync:${sum('x')}:embed:requests_per_year=1`, /requests_per_year/],
  ['', /no key/],
  ['sync:abc:embed', /64 hexadecimal/],
  [`sync:${sum('x')}:root`, /Invalid option/],
])('%j is refused', (text, message) => {
  expect(() => parseKeyRing(text)).toThrow(message);
});
