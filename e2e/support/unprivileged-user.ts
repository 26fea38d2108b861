// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** Elasticsearch refuses to run as root; any unprivileged id will do (nobody, on most systems). */
const UNPRIVILEGED_ID = 65534;

/** Passed to spawn: the identity that Elasticsearch runs under; ours unless we are root. */
export const unprivilegedIdentity = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};

/** Whether that identity gets to a path (or, where nothing is there yet, to its nearest existing parent). */
export function canUnprivilegedReach(path: string): boolean {
  const identity = unprivilegedIdentity();
  if (identity.uid === undefined) return true;
  let nearest = path;
  while (dirname(nearest) !== nearest) {
    if (spawnSync('test', ['-e', nearest]).status === 0) break;
    nearest = dirname(nearest);
  }
  return spawnSync('test', ['-x', nearest], { ...identity, cwd: '/' }).status === 0;
}
