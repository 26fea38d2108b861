// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PreparationError } from '../support/preparation-error.ts';
import { bringUp } from './bring-up.ts';
import { isAlive, type LocalState, readState, removeState } from './local-state.ts';

/** `node main.ts up | down | status [--port N] [--json]`: the Elasticsearch of the demo, kept for development. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '9200' }, json: { type: 'boolean', default: false } },
});

function print(json: object, text: string): void {
  console.log(values.json ? JSON.stringify(json) : text);
}

const describe = (state: LocalState): string =>
  `Elasticsearch ${state.version} at ${state.url}, data in ${state.dataDir}\n\n  export ELASTICSEARCH_URL=${state.url}\n`;

async function up(): Promise<void> {
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new PreparationError(`${values.port} is no port`, 'Give a number from 0 to 65535.');
  const startedAt = Date.now();
  const say = (text: string): void => console.error(`▸ ${text} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  const { state, wasRunning } = await bringUp(port, say);
  print({ running: true, wasRunning, ...state }, describe(state));
}

async function down(): Promise<void> {
  const state = await readState();
  if (!state) {
    removeState();
    return print({ running: false, wasRunning: false }, 'Nothing was running.');
  }
  process.kill(state.pid, 'SIGTERM');
  // The keeper goes last: once it is gone the port is free and the data are at rest.
  while (isAlive(state.pid)) await sleep(100);
  print({ running: false, wasRunning: true }, `Stopped. The data stay in ${state.dataDir}.`);
}

async function status(): Promise<void> {
  const state = await readState();
  if (state) print({ running: true, ...state }, describe(state));
  else print({ running: false }, 'Not running; earshot local up starts it.');
}

const actions = { up, down, status };
const name = positionals[0] ?? '';
try {
  if (!Object.hasOwn(actions, name)) throw new PreparationError(`unknown: ${name}`, 'Say up, down or status.');
  await actions[name as keyof typeof actions]();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(`✗ ${error.message}\n  → ${error.remedy}`);
  process.exitCode = 5;
}
