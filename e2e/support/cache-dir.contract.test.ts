// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openCacheDir } from './cache-dir.ts';
import { makeTempDir } from './make-temp-dir.ts';

afterEach(() => vi.unstubAllEnvs());

const notRoot = process.getuid?.() === 0 ? undefined : '(skipped: only root runs Elasticsearch as another user)';

test.skipIf(notRoot)(`a cache below a closed folder is not used for what Elasticsearch reads ${notRoot ?? ''}`, () => {
  const closed = makeTempDir('closed');
  chmodSync(closed, 0o700);
  vi.stubEnv('EARSHOT_CACHE_DIR', join(closed, 'clone', '.cache'));
  expect(openCacheDir()).toBe('/var/cache/earshot');
  mkdirSync(join(closed, 'clone', '.cache'), { recursive: true });
  expect(openCacheDir()).toBe('/var/cache/earshot');
});

test('an open cache is used as it is, also before it exists', () => {
  const open = makeTempDir('open');
  chmodSync(open, 0o755);
  const cache = join(open, 'clone', '.cache');
  vi.stubEnv('EARSHOT_CACHE_DIR', cache);
  expect(openCacheDir()).toBe(cache);
});
