// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';
import { settingsEnvironment } from '../settings-environment.ts';

interface Child {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Where the child's output goes: a build's remarks belong on stderr. */
  readonly stdout: 'inherit' | 2;
}

/** Runs Node in the foreground until it ends or the command is interrupted. */
function runNode({ args, env, signal, stdout }: Child): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'], env: env ?? process.env });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? EXIT.interrupted);
    });
  });
}

const serve: Action = async ({ loaded, reporter, signal }, _args, options) => {
  const { resolve } = createRequire(import.meta.url);
  const panelPackage = resolve('@earshot/search-panel/package.json');
  const panelDir = dirname(panelPackage);
  const webDir = join(panelDir, 'web');
  if (!existsSync(join(webDir, 'dist', 'index.html'))) {
    reporter.line('Building the search panel, once (half a minute) …');
    const vite = join(dirname(createRequire(panelPackage).resolve('vite/package.json')), 'bin', 'vite.js');
    const code = await runNode({ args: [vite, 'build', webDir, '--logLevel', 'warn'], signal, stdout: 2 });
    if (signal.aborted) return EXIT.interrupted;
    if (code !== 0) throw new EarshotError('PANEL_BUILD_FAILED', `Building the search panel ended with status ${code}`);
  }
  const file = typeof options.config === 'string' ? { EARSHOT_CONFIG: options.config } : {};
  const env = { ...process.env, ...settingsEnvironment(loaded), ...file };
  return runNode({ args: [resolve('@earshot/search-panel/main')], env, signal, stdout: 'inherit' });
};

export function registerServe(program: Command): void {
  bind(program.command('serve').description('search panel and its gateway, in the foreground'), serve);
}
