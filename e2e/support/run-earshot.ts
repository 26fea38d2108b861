// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './cache-dir.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { spawnGuarded } from './guarded-process.ts';
import { makeTempDir } from './make-temp-dir.ts';

export interface EarshotResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** With --json: the object printed, or the last line of a long-running command. */
  readonly json: unknown;
  /** With --json: every line. */
  readonly events: readonly unknown[];
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** One temporary folder per process otherwise: state lives on between calls, and no `earshot.yaml` is picked up. */
  readonly cwd?: string;
  /** Sends SIGTERM. */
  readonly signal?: AbortSignal;
}

let home: string | undefined;

function parseLines(stdout: string): unknown[] {
  try {
    return [JSON.parse(stdout)];
  } catch {
    return stdout.split('\n').flatMap((line) => (line.trim() ? [JSON.parse(line) as unknown] : []));
  }
}

/** Runs the command line as a user would, in an environment free of the developer's own settings. */
export async function runEarshot(args: readonly string[], options: RunOptions = {}): Promise<EarshotResult> {
  home ??= makeTempDir('cli');
  const main = join(REPOSITORY_ROOT, 'pipelines/src/cli/main.ts');
  const child = spawnGuarded(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd: options.cwd ?? home,
    env: cleanEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const abort = (): boolean => child.kill('SIGTERM');
  options.signal?.addEventListener('abort', abort, { once: true });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  options.signal?.removeEventListener('abort', abort);
  const events = args.includes('--json') ? parseLines(stdout) : [];
  return { code, stdout, stderr, json: events.at(-1), events };
}
