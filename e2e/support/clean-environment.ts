// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cacheDir } from './cache-dir.ts';

/** Our settings, and what a test runner adds: libraries behave differently under `NODE_ENV=test`. */
const OURS = /^(ELASTICSEARCH_|KIBANA_|EARSHOT_|S3_|AWS_|npm_|VITEST|NODE_ENV$)/;
const KEPT = new Set(['EARSHOT_SHARED_DATA', 'EARSHOT_LOG_LEVEL']);

/**
 * The environment of a launched part: the machine's own, less every setting of Earshot that happens to be exported
 * (a test must not reach the developer's cluster by accident), plus what the caller names.
 */
export function cleanEnvironment(extra: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => KEPT.has(name) || !OURS.test(name));
  const cache = cacheDir();
  // Hundreds of starts in one run: with compiled sources kept, a command is up in half the time.
  const ours = { EARSHOT_CACHE_DIR: cache, NODE_COMPILE_CACHE: join(cache, 'node-compile-cache'), NO_COLOR: '1' };
  return { ...Object.fromEntries(inherited), ...ours, ...extra };
}
