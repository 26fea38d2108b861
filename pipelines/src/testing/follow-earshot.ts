// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment, makeTempDir, REPOSITORY_ROOT, spawnGuarded } from '@earshot/e2e/support';

export interface FollowedEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A running command line with `--json` whose events can be waited for. */
export interface FollowedEarshot {
  /** What was printed so far. */
  readonly events: readonly FollowedEvent[];
  readonly stderr: () => string;
  readonly cwd: string;
  /** The first event, past or to come, that fits; rejects when the process ends before. */
  event(fits: (event: FollowedEvent) => boolean): Promise<FollowedEvent>;
  send(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the command line as a user would and reads its events as they come. */
export function followEarshot(args: readonly string[], env: Readonly<Record<string, string>>): FollowedEarshot {
  const cwd = makeTempDir('cli');
  const main = join(REPOSITORY_ROOT, 'pipelines/src/cli/main.ts');
  const child = spawnGuarded(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args, '--json'], {
    cwd,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout } = child;
  if (!stdout) throw new Error('no stdout');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const events: FollowedEvent[] = [];
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  createInterface({ input: stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as FollowedEvent);
    tell();
  });
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      hasEnded = true;
      tell();
      resolve(code);
    });
  });
  const event: FollowedEarshot['event'] = (fits) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(fits);
        if (!found && !hasEnded) return;
        waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`it ended without that event: ${JSON.stringify(events.at(-1))} ${stderr}`));
      };
      waiting.add(look);
      look();
    });
  return { events, stderr: () => stderr, cwd, event, send: (signal) => void child.kill(signal), ended };
}
