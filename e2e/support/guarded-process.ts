// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcessGroup, releaseProcessGroup } from './reaper.ts';

function killGroup(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-id, signal);
  } catch {
    // the group is gone already
  }
}

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/**
 * Spawns a process in a group of its own: Ctrl-C reaches only us, and we stop it in order; when we are gone,
 * however that came, the whole group goes too. Once the leader has ended, stragglers of its group are killed.
 */
export function spawnGuarded(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  const id = child.pid;
  if (id === undefined) return child;
  guardProcessGroup(id);
  child.once('exit', () => {
    killGroup(id, 'SIGKILL');
    releaseProcessGroup(id);
  });
  return child;
}

/** SIGTERM, then SIGKILL to the whole group after `graceMs`; resolves when the process has ended. */
export async function stopGuarded(child: ChildProcess, graceMs = 15_000): Promise<void> {
  const id = child.pid;
  if (id === undefined || hasEnded(child)) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = new AbortController();
  const isDown = await Promise.race([
    exited.then(() => true),
    sleep(graceMs, false, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  if (!isDown) killGroup(id, 'SIGKILL');
  await exited;
}
