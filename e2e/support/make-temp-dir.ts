// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './reaper.ts';
import { canUnprivilegedReach } from './unprivileged-user.ts';

function makeIn(parent: string, name: string): string {
  const path = mkdtempSync(join(parent, `earshot-${name}-`));
  guardFolder(path);
  return path;
}

/** A fresh folder that is removed when this process ends, whatever ends it. */
export const makeTempDir = (name = 'test'): string => makeIn(tmpdir(), name);

/** The same where the unprivileged user gets to, even when TMPDIR is closed to it. */
export const makeReachableTempDir = (name: string): string =>
  makeIn([tmpdir(), '/tmp', '/var/tmp'].find(canUnprivilegedReach) ?? tmpdir(), name);
