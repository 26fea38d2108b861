// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServiceInfo } from '../contract/embeddings.ts';

const PROGRAM = fileURLToPath(new URL('../main.ts', import.meta.url));
const START_LIMIT_MS = 60_000;

export interface SpawnedService {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
  /** Status of the process when it has ended. */
  readonly exited: Promise<number | null>;
  info(): Promise<ServiceInfo>;
  waitUntilReady(): Promise<void>;
  stop(): Promise<number | null>;
}

interface Launched {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly text: { stdout: string; stderr: string };
}

/** Starts the program as a user would, on a free port, without waiting for anything. */
export function launchService(env: Readonly<Record<string, string>>): Launched {
  const { PATH, HOME, EARSHOT_CACHE_DIR } = process.env;
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH,
      HOME,
      ...(EARSHOT_CACHE_DIR === undefined ? {} : { EARSHOT_CACHE_DIR }),
      EARSHOT_INFERENCE_PORT: '0',
      EARSHOT_EP: 'cpu',
      // Tests that send one recording twice mean to see the work done twice.
      EARSHOT_CACHE_BYTES: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, exited, text };
}

function readUrl({ process: child, exited, text }: Launched): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^earshot inference listening on (http:\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  void exited.then((status) => reject(new Error(`the service ended with status ${status}:\n${text.stderr}`)));
  return promise;
}

/** The real service in a process of its own, listening; not yet ready. */
export async function spawnService(env: Readonly<Record<string, string>>): Promise<SpawnedService> {
  const launched = launchService(env);
  const { process: child, exited, text } = launched;
  const url = await readUrl(launched);
  const waitUntilReady = async (): Promise<void> => {
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await fetch(`${url}/health/ready`)).ok) {
      if (Date.now() > deadline) throw new Error(`the service did not become ready:\n${text.stderr}`);
      await sleep(50);
    }
  };
  return {
    url,
    process: child,
    exited,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    info: async () => (await (await fetch(`${url}/info`)).json()) as ServiceInfo,
    waitUntilReady,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
