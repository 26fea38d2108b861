// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCacheDir } from '../support/cache-dir.ts';

/** What the keeper writes down once its Elasticsearch is ready. */
export interface LocalState {
  readonly url: string;
  readonly version: string;
  /** The keeper's process; it takes the server with it. */
  readonly pid: number;
  readonly dataDir: string;
  readonly since: string;
}

/** Kept where the user that Elasticsearch runs under gets to. */
export const localDir = (): string => join(openCacheDir(), 'local');
export const dataDir = (): string => join(localDir(), 'data');
export const logFile = (): string => join(localDir(), 'keeper.log');
const stateFile = (): string => join(localDir(), 'state.json');

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function writeState(state: LocalState): void {
  mkdirSync(localDir(), { recursive: true, mode: 0o755 });
  writeFileSync(stateFile(), `${JSON.stringify(state)}\n`);
}

export const removeState = (): void => rmSync(stateFile(), { force: true });

/** The running one, or undefined; what a crash left written down does not count. */
export async function readState(): Promise<LocalState | undefined> {
  let state: LocalState;
  try {
    state = JSON.parse(readFileSync(stateFile(), 'utf8')) as LocalState;
  } catch {
    return undefined;
  }
  if (!isAlive(state.pid)) return undefined;
  const answer = await fetch(`${state.url}/_cluster/health`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.ok ? state : undefined;
}
