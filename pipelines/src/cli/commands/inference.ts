// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';

/** Runs the service's own program in the foreground: same terminal, same exit code. */
const inference: Action = ({ config, signal }) => {
  const program = fileURLToPath(import.meta.resolve('@earshot/inference-service/main'));
  const child = spawn(process.execPath, [program], {
    stdio: 'inherit',
    env: { ...process.env, EARSHOT_MODELS_DIR: config.modelsDir },
  });
  // Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on. The child drains once.
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', (cause) => {
    const message = `The inference service cannot be started: ${cause.message}`;
    reject(new EarshotError('INFERENCE_UNAVAILABLE', message, { cause }));
  });
  child.once('exit', (code) => resolve(code ?? EXIT.interrupted));
  return promise;
};

export function registerInference(program: Command): void {
  bind(program.command('inference').description('run the inference service in the foreground'), inference);
}
