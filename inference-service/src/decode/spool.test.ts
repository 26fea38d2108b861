// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spoolStream } from './spool.ts';
import { createSpoolDirectory } from './spool-directory.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-spool-test-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('an upload lies on disk until it is removed', async () => {
  const file = await spoolStream(Readable.from([Buffer.from('abc'), Buffer.from('de')]), { dir, maxBytes: 5 });
  expect(file.bytes).toBe(5);
  expect(readFileSync(file.path, 'utf8')).toBe('abcde');
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  await file.remove();
  await file.remove();
  expect(readdirSync(dir)).toEqual([]);
});

test('an upload of one byte too many leaves no file', async () => {
  const upload = spoolStream(Readable.from([Buffer.alloc(4), Buffer.alloc(2)]), { dir, maxBytes: 5 });
  await expect(upload).rejects.toMatchObject({ code: 'audio_too_large' });
  expect(readdirSync(dir)).toEqual([]);
});

test('an empty upload leaves no file', async () => {
  await expect(spoolStream(Readable.from([]), { dir, maxBytes: 5 })).rejects.toMatchObject({ code: 'empty_body' });
  expect(readdirSync(dir)).toEqual([]);
});

test('an upload that breaks off leaves no file', async () => {
  const broken = new Readable({ read() {} });
  broken.push(Buffer.alloc(1000));
  const upload = spoolStream(broken, { dir, maxBytes: 5000 });
  broken.destroy(new Error('connection reset'));
  await expect(upload).rejects.toThrow('connection reset');
  expect(readdirSync(dir)).toEqual([]);
});

test('an upload given up by its signal leaves no file', async () => {
  const endless = new Readable({ read() {} });
  endless.push(Buffer.alloc(1000));
  const leaving = new AbortController();
  const upload = spoolStream(endless, { dir, maxBytes: 5000, signal: leaving.signal });
  leaving.abort();
  await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(dir)).toEqual([]);
});

test('a spool directory is private, and what a killed service left is cleared away', async () => {
  const parent = join(dir, 'parent');
  mkdirSync(parent);
  const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
  mkdirSync(join(parent, `earshot-spool-${gone}-abc`));
  mkdirSync(join(parent, `earshot-spool-${process.ppid}-abc`));
  const spool = await createSpoolDirectory({ parent });
  expect(statSync(spool.path).mode & 0o777).toBe(0o700);
  expect(existsSync(join(parent, `earshot-spool-${gone}-abc`))).toBe(false);
  expect(existsSync(join(parent, `earshot-spool-${process.ppid}-abc`))).toBe(true);
  await spool.remove();
  expect(existsSync(spool.path)).toBe(false);
  rmSync(parent, { recursive: true });
});
