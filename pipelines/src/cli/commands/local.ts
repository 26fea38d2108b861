// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';

/** The program that keeps a local Elasticsearch belongs to the clone's launchers; an installed package has none. */
function findProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('@earshot/e2e/local');
  } catch (cause) {
    throw new EarshotError('CAPABILITY_MISSING', 'earshot local works in a clone of the repository', {
      remedy: 'Clone the repository, or start Elasticsearch with docker-compose.yml.',
      cause,
    });
  }
}

const delegate =
  (verb: 'up' | 'down' | 'status'): Action =>
  ({ json, signal }, _args, options) => {
    const port = typeof options.port === 'string' ? ['--port', options.port] : [];
    const program = [findProgram(), verb, ...port, ...(json ? ['--json'] : [])];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], { stdio: 'inherit' });
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? EXIT.interrupted));
    return promise;
  };

export function registerLocal(program: Command): void {
  const local = program.command('local').description('an Elasticsearch for development, kept in the background');
  const up = local.command('up').description('start it, or find the running one, and print the address to export');
  bind(up.option('--port <number>', 'port to listen on; 0 picks a free one (default 9200)'), delegate('up'));
  bind(local.command('down').description('stop it; its data stay'), delegate('down'));
  bind(local.command('status').description('whether it runs, and where'), delegate('status'));
}
