// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import type { SpooledFile } from './core/spool-port.ts';
import { createDirectorySpool } from './directory-spool.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-spool-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const limits = { maxBytes: 100, signal: new AbortController().signal };
const of = (bytes: number): Readable => Readable.from([Buffer.alloc(bytes, 1)]);

test('uploads share one budget of bytes; one too many is told to come back, and its bytes are free again', async () => {
  const stages: string[] = [];
  const spool = createDirectorySpool({ dir, maxTotalBytes: 150, observer: { onStage: (stage) => stages.push(stage) } });
  const holding = Promise.withResolvers<void>();
  const held = spool.hold(of(100), limits, () => holding.promise);
  while (stages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const refused = spool.hold(of(60), limits, () => Promise.resolve('used'));
  await expect(refused).rejects.toMatchObject({ code: 'queue_full', retryAfterSeconds: 2 });
  expect(await spool.hold(of(50), limits, () => Promise.resolve('used'))).toBe('used');
  holding.resolve();
  await held;
  expect(await spool.hold(of(100), limits, () => Promise.resolve('used'))).toBe('used');
  expect(stages).toEqual(['upload', 'upload', 'upload']);
  expect(readdirSync(dir)).toEqual([]);
});

test('a body kept in memory counts among the uploads until it is given back', async () => {
  const spool = createDirectorySpool({ dir, maxTotalBytes: 150, observer: { onStage: () => undefined } });
  const giveBack = spool.reserve(120);
  expect(() => spool.reserve(31)).toThrow(expect.objectContaining({ code: 'queue_full', retryAfterSeconds: 2 }));
  await expect(spool.hold(of(40), limits, () => Promise.resolve())).rejects.toMatchObject({ code: 'queue_full' });
  giveBack();
  expect(await spool.hold(of(100), limits, () => Promise.resolve('used'))).toBe('used');
});

test('the file comes with the sum of its content', async () => {
  const spool = createDirectorySpool({ dir, maxTotalBytes: 1000, observer: { onStage: () => undefined } });
  const file = await spool.hold(Readable.from([Buffer.from('ear'), Buffer.from('shot')]), limits, (spooled) =>
    Promise.resolve<SpooledFile>(spooled),
  );
  expect(file).toMatchObject({ bytes: 7, sha256: createHash('sha256').update('earshot').digest('hex') });
});
