// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the clone. */
export const REPOSITORY_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Downloads and builds that outlive a run: `EARSHOT_CACHE_DIR`, else `.cache` in the clone. */
export const cacheDir = (): string => process.env.EARSHOT_CACHE_DIR ?? join(REPOSITORY_ROOT, '.cache');
