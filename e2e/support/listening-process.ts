// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY_ROOT } from './cache-dir.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { hasEnded, spawnGuarded, stopGuarded } from './guarded-process.ts';
import { makeTempDir } from './make-temp-dir.ts';

export interface ListeningProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything printed so far, both streams. */
  output(): string;
  /** SIGTERM, then SIGKILL after a grace; resolves with the exit code (null when killed). */
  stop(): Promise<number | null>;
  /** SIGKILL to the whole group, as a crash would. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  /** Added to an environment free of the developer's own settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Working directory; a fresh temporary folder otherwise, so that no `earshot.yaml` is picked up. */
  readonly cwd?: string;
  /** How long it may take until ready. */
  readonly limitMs?: number;
}

interface Launch extends LaunchOptions {
  /** Named in messages. */
  readonly name: string;
  /** Source file, from the root of the clone. */
  readonly main: string;
  readonly args?: readonly string[];
  /** First group: the address. */
  readonly addressLine: RegExp;
  /** Answers 200 when the part is ready. */
  readonly readyPath: string;
}

const OUTPUT_LIMIT = 1_000_000;

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-OUTPUT_LIMIT);
    });
  return () => text;
}

const tail = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n');

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

async function waitForAddress(child: ChildProcess, output: () => string, launch: Launch): Promise<string> {
  const deadline = Date.now() + (launch.limitMs ?? 120_000);
  for (;;) {
    const url = launch.addressLine.exec(output())?.[1];
    if (url && (await isReady(new URL(launch.readyPath, url).href))) return url;
    if (hasEnded(child))
      throw new Error(`${launch.name} ended with ${child.exitCode ?? child.signalCode}:\n${tail(output())}`);
    if (Date.now() > deadline) throw new Error(`${launch.name} was not ready in time:\n${tail(output())}`);
    await sleep(100);
  }
}

/** Starts one of our servers from its sources and waits until it has printed its address and is ready. */
export async function startListening(launch: Launch): Promise<ListeningProcess> {
  const child = spawnGuarded(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(REPOSITORY_ROOT, launch.main), ...(launch.args ?? [])],
    {
      cwd: launch.cwd ?? makeTempDir('cwd'),
      env: cleanEnvironment(launch.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = collectOutput(child);
  try {
    const url = await waitForAddress(child, output, launch);
    return {
      url,
      pid: child.pid ?? 0,
      output,
      stop: async () => {
        await stopGuarded(child, 30_000);
        return child.exitCode;
      },
      kill: () => stopGuarded(child, 0),
    };
  } catch (error) {
    await stopGuarded(child, 1000);
    throw error;
  }
}
