// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createFileSpool } from './file-spool.ts';

async function keysOf(values: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of values) keys.push(key);
  return keys;
}
const spoolFiles = (): string[] => readdirSync(tmpdir()).filter((name) => /^earshot-.*\.ndjson$/.test(name));

test.each([0, 3, 5000])('%i values come back in order, again and again, and leave no file', async (count) => {
  const before = spoolFiles();
  const keys = Array.from({ length: count }, (_, i) => `ünï\n\u2028/${i}.wav`);
  const spool = createFileSpool<{ key: string }>();
  for (const key of keys) await spool.add({ key });
  expect(spool.count).toBe(count);
  expect(await keysOf(spool.read())).toEqual(keys);
  for await (const value of spool.read()) {
    expect(value.key).toBe(keys[0]);
    break;
  }
  await spool.add({ key: 'late' });
  expect(await keysOf(spool.read())).toEqual([...keys, 'late']);
  expect(spoolFiles()).toEqual(before);
  await spool.dispose();
});
