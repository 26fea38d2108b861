// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canUnprivilegedReach } from './unprivileged-user.ts';

/** Root of the clone. */
export const REPOSITORY_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where root keeps what the unprivileged user must read, when the cache itself is closed to that user. */
const OPEN_CACHE = '/var/cache/earshot';

/** Downloads and builds that outlive a run: `EARSHOT_CACHE_DIR`, else `.cache` in the clone. */
export const cacheDir = (): string => resolve(process.env.EARSHOT_CACHE_DIR ?? join(REPOSITORY_ROOT, '.cache'));

/**
 * The cache as the user sees it that Elasticsearch runs under. Started by root it runs as another user, and a cache
 * below a closed folder (/root is 0700 on many machines) is out of that user's reach.
 */
export const openCacheDir = (): string => (canUnprivilegedReach(cacheDir()) ? cacheDir() : OPEN_CACHE);
