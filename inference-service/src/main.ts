#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { pino } from 'pino';
import { ConfigError, loadServiceConfig } from './config.ts';
import { startService } from './start-service.ts';
import { createLog } from './telemetry/create-log.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const EXIT_USAGE = 2;
const EXIT_UNAVAILABLE = 5;

function explain(error: unknown): { readonly status: number; readonly text: string } {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof ConfigError) return { status: EXIT_USAGE, text: `The settings are not valid:\n${message}` };
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return {
      status: EXIT_USAGE,
      text: `Cannot listen: ${message}\n  → Set EARSHOT_INFERENCE_PORT (and EARSHOT_METRICS_PORT, where used) to a free port (0 picks one) and EARSHOT_INFERENCE_HOST to an address of this machine.`,
    };
  if (code === 'MODEL_CARD_INVALID') return { status: EXIT_USAGE, text: message };
  if (code === 'not_ready') return { status: EXIT_UNAVAILABLE, text: message };
  return { status: 1, text: `The service could not start: ${message}` };
}

try {
  const config = loadServiceConfig(process.env);
  // Logs go to stderr: stdout carries the one line that launchers wait for.
  const log = createLog({ level: config.logLevel, version }, pino.destination(2));
  const service = await startService(config, log);
  let isStopping = false;
  const stop = async (name: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal: name }, 'draining');
    await service.stop();
    process.exit(0);
  };
  // In a terminal this signal says that it was closed: then the service ends like any other program.
  if (config.keysFile !== undefined && !process.stdin.isTTY && !process.stderr.isTTY)
    process.on('SIGHUP', () => {
      try {
        service.reloadKeys();
        log.info('keys read again');
      } catch (error) {
        log.error({ err: error }, 'the keys stay as they were');
      }
    });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop(name));
  process.stdout.write(`earshot inference listening on ${service.url}\n`);
} catch (error) {
  const { status, text } = explain(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = status;
}
