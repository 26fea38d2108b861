// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** Elasticsearch refuses to run as root; any unprivileged id will do (nobody, on most systems). */
const UNPRIVILEGED_ID = 65534;

/** Passed to spawn: the identity that Elasticsearch runs under; ours unless we are root. */
export const unprivilegedIdentity = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};

/** The shell's own test: it needs no PATH, and knows access lists as well as mode bits. */
const passes = (flag: '-e' | '-x', path: string, identity: { uid?: number; gid?: number } = {}): boolean =>
  spawnSync('/bin/sh', ['-c', `test ${flag} "$0"`, path], { ...identity, cwd: '/' }).status === 0;

/** Whether that identity gets to a path (or, where nothing is there yet, to its nearest existing parent). */
export function canUnprivilegedReach(path: string): boolean {
  const identity = unprivilegedIdentity();
  if (identity.uid === undefined) return true;
  let nearest = path;
  while (dirname(nearest) !== nearest) {
    if (passes('-e', nearest)) break;
    nearest = dirname(nearest);
  }
  return passes('-x', nearest, identity);
}
