// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '@earshot/e2e/support';
import { expect, test } from 'vitest';
import { openKeySpool } from './key-spool.ts';

const somewhere = (): string => join(makeTempDir('spool'), 'watch', 'audio-default.keys');
const linesOf = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;

test('keys are on disk once append resolves, whatever they hold, each once', async () => {
  const path = somewhere();
  const first = await openKeySpool(path);
  expect(first.left).toEqual([]);
  await Promise.all([first.append(['a', 'line\nbreak']), first.append(['é "quoted"', 'a'])]);
  // No close: the process may end at any time.
  const second = await openKeySpool(path);
  expect(second.left).toEqual(['a', 'line\nbreak', 'é "quoted"']);
  await Promise.all([first.close(), second.close()]);
});

test('a line that was cut off is no key and does not spoil the others', async () => {
  const path = somewhere();
  const first = await openKeySpool(path);
  await first.append(['a', 'b']);
  await first.close();
  appendFileSync(path, '"half');
  const second = await openKeySpool(path);
  expect(second.left).toEqual(['a', 'b']);
  await second.append(['c']);
  await second.close();
  truncateSync(path, readFileSync(path).length - 2);
  appendFileSync(path, '\n"d"\n');
  const third = await openKeySpool(path);
  expect(third.left).toEqual(['a', 'b', 'd']);
  await third.close();
});

test('what is settled leaves the file, what comes meanwhile stays', async () => {
  const path = somewhere();
  const spool = await openKeySpool(path);
  const open = new Set(Array.from({ length: 30 }, (_, i) => `key ${i}`));
  await spool.append([...open]);
  for (const key of open) if (key !== 'key 7') open.delete(key);
  await spool.compact(() => open, open.size);
  expect(linesOf(path)).toBe(30);
  open.clear();
  open.add('late');
  await Promise.all([spool.append(['late']), spool.compact(() => open, 0)]);
  await spool.append(['later']);
  await spool.close();
  const again = await openKeySpool(path);
  expect(again.left).toEqual(['late', 'later']);
  await again.close();
});

test('a folder that cannot be written is said so', async () => {
  const file = join(makeTempDir('spool'), 'a file');
  appendFileSync(file, '');
  await expect(openKeySpool(join(file, 'x.keys'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});
