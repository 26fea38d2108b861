#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '@earshot/pipelines/adapters';
import { loadConfig } from '@earshot/pipelines/config';
import { pino } from 'pino';
import { startPanel } from './start-panel.ts';

try {
  const { config } = loadConfig({}, process.env);
  // Logs go to stderr: stdout carries the one line that launchers wait for.
  const log = pino(
    { level: process.env.EARSHOT_LOG_LEVEL ?? 'info', base: { service: 'earshot-panel' } },
    pino.destination(2),
  );
  const panel = await startPanel(config, log);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await panel.stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop());
  process.stdout.write(`earshot panel listening on ${panel.url}\n`);
} catch (error) {
  const known = error instanceof EarshotError ? error : new EarshotError('INTERNAL', String(error), { cause: error });
  process.stderr.write(`${known.code} ${known.message}\n  → ${known.remedy}\n`);
  process.exitCode = known.exitCode;
}
