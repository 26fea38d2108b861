// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fetchElasticsearchHome, type Say } from '../support/fetch-elasticsearch-home.ts';
import { PreparationError } from '../support/preparation-error.ts';
import { type LocalState, localDir, logFile, readState } from './local-state.ts';

const KEEPER = fileURLToPath(new URL('keeper.ts', import.meta.url));
const LIMIT_MS = 200_000;

async function demandFreePort(port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (cause) {
    throw new PreparationError(
      `port ${port} is in use`,
      'Name another with --port (0 picks a free one), or stop what listens there.',
      { cause },
    );
  } finally {
    server.close();
  }
}

async function waitForState(hasKeeperEnded: () => boolean): Promise<LocalState> {
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline && !hasKeeperEnded()) {
    const state = await readState();
    if (state) return state;
    await sleep(200);
  }
  const log = readFileSync(logFile(), 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  throw new PreparationError(`Elasticsearch did not start:\n${log}`, `The whole log: ${logFile()}`);
}

/** Starts a background Elasticsearch on this port, or finds the one that runs. @throws PreparationError */
export async function bringUp(port: number, say: Say): Promise<{ state: LocalState; wasRunning: boolean }> {
  const running = await readState();
  if (running) return { state: running, wasRunning: true };
  await fetchElasticsearchHome(say);
  await demandFreePort(port);
  mkdirSync(localDir(), { recursive: true, mode: 0o755 });
  const log = openSync(logFile(), 'w');
  say('starting Elasticsearch');
  const keeper = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', KEEPER, String(port)], {
    cwd: localDir(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  keeper.unref();
  return { state: await waitForState(() => keeper.exitCode !== null), wasRunning: false };
}
