// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cleanEnvironment, REPOSITORY_ROOT, spawnGuarded } from '@earshot/e2e/support';
import { demoDir } from './start-parts.ts';
import { StepFailed } from './step-failed.ts';

interface Options {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Exit codes to go on with. */
  readonly accepted?: readonly number[];
  /** Return stdout instead of showing it. */
  readonly isCaptured?: boolean;
}

/** Runs `earshot …` in the terminal, as the user would, and goes on only when it succeeds. */
export async function runCommand(
  args: readonly string[],
  { env, signal, accepted = [0], isCaptured }: Options,
): Promise<string> {
  signal.throwIfAborted();
  const main = join(REPOSITORY_ROOT, 'pipelines/src/cli/main.ts');
  const child = spawnGuarded(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    // A folder of its own: no earshot.yaml of the user's is picked up, and the ledger lies beside the demo's index.
    cwd: demoDir(),
    env: { ...cleanEnvironment(env), ...(process.env.TERM ? { TERM: process.env.TERM } : {}) },
    stdio: ['ignore', isCaptured ? 'pipe' : 'inherit', 'inherit'],
  });
  const forward = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', forward, { once: true });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', forward);
  signal.throwIfAborted();
  if (code !== null && accepted.includes(code)) return stdout;
  throw new StepFailed(`earshot ${args.join(' ')} ended with status ${code}`, 'The message above says why.', code ?? 1);
}
