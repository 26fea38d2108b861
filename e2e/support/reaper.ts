// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('reaper.sh', import.meta.url));

let reaper: ChildProcess | undefined;

/** One small shell process per process that launches anything; it holds neither the event loop nor our output open. */
function startReaper(): ChildProcess {
  const child = spawn('sh', [SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as Socket).unref();
  child.stdin?.on('error', () => undefined);
  return child;
}

function tell(line: string): void {
  reaper ??= startReaper();
  reaper.stdin?.write(`${line}\n`);
}

/** Kills this process group when our own process is gone, whatever ended it. */
export const guardProcessGroup = (id: number): void => tell(`+group ${id}`);
/** The group has ended by itself. */
export const releaseProcessGroup = (id: number): void => tell(`-group ${id}`);
/** Removes this folder when our own process is gone. */
export const guardFolder = (path: string): void => tell(`+folder ${path}`);
