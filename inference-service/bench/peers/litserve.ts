// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Space } from '@earshot/models/registry';
import { pythonProgram } from './python.ts';

const START_LIMIT_MS = 60_000;

export interface Litserve {
  readonly origin: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isHealthy = (origin: string): Promise<boolean> =>
  fetch(`${origin}/health`).then(
    (response) => response.ok,
    () => false,
  );

/** A space's graph behind litserve with one worker. */
export async function startLitserve(python: string, { graphPath }: Space, threads: number): Promise<Litserve> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = pythonProgram('litserve_server.py');
  // A process group of its own: litserve starts several processes.
  const child = spawn(python, [program, '--graph', graphPath, '--port', `${port}`, '--threads', `${threads}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    process.kill(-pid, 'SIGTERM');
    await exited;
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null) throw new Error('litserve ended; its message stands above');
    if (Date.now() > deadline) {
      await stop();
      throw new Error('litserve did not become ready within a minute');
    }
    await sleep(200);
  }
  return { origin, pid, stop };
}
