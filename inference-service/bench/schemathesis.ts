#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** Requests that Schemathesis makes up from /openapi.json: no 5xx, nothing undocumented (--examples N, --seed N). */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingPythonModule, pythonPath } from '../src/testing/python-clients.ts';
import { type SpawnedService, spawnService } from '../src/testing/spawn-service.ts';
import { writeTinySpace } from '../src/testing/tiny-space.ts';

const UNAVAILABLE = 5;
const REPOSITORY = '^/v2/repository/';
/** Unknown headers are no fault of a request. */
const SETTINGS = '[generation]\nallow-extra-parameters = false\n';

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});

const keyLine = (name: string, secret: string, scopes: string): string =>
  `${name}:${createHash('sha256').update(secret).digest('hex')}:${scopes}\n`;

interface Target {
  readonly url: string;
  readonly key: string;
  /** Where Schemathesis may leave its notes. */
  readonly folder: string;
  /** Options of Schemathesis that choose operations. */
  readonly choice: readonly string[];
}

/** What is made up is never audio, so that valid requests are refused too: all checks but that of their acceptance. */
async function runSchemathesis({ url, key, folder, choice }: Target): Promise<number> {
  const args = [
    '-m',
    'schemathesis.cli',
    'run',
    `${url}/openapi.json`,
    '--phases',
    'examples,coverage,fuzzing,stateful',
  ];
  const checks = ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance', '--continue-on-failure'];
  const amount = ['--max-examples', values.examples, '--seed', values.seed];
  const request = ['--header', `Authorization: Bearer ${key}`, '--warnings', 'off'];
  const child = spawn(pythonPath() ?? 'python3', [...args, ...checks, ...amount, ...request, ...choice], {
    cwd: folder,
    stdio: 'inherit',
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return status ?? 1;
}

/** Whether the same process still serves: what made a host or the service restart would show here. */
async function isUnharmed(service: SpawnedService, key: string): Promise<boolean> {
  const info = await fetch(`${service.url}/info`, { headers: { authorization: `Bearer ${key}` } });
  const { host } = (await info.json()) as { host: { restarts: number } };
  const hasErrors = service.stderr().includes('"log.level":"error"');
  process.stdout.write(
    `host restarts: ${host.restarts}; errors in the log: ${hasErrors ? service.stderr() : 'none'}\n`,
  );
  return host.restarts === 0 && !hasErrors;
}

async function main(): Promise<number> {
  const missing = missingPythonModule('schemathesis');
  if (missing !== false) {
    process.stderr.write(`${missing}\n`);
    return UNAVAILABLE;
  }
  const folder = mkdtempSync(join(tmpdir(), 'earshot-schemathesis-'));
  writeTinySpace(join(folder, 'models'));
  const [user, admin] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  writeFileSync(join(folder, 'schemathesis.toml'), SETTINGS);
  const keysFile = join(folder, 'keys');
  writeFileSync(keysFile, keyLine('user', user, 'embed,metrics') + keyLine('admin', admin, 'embed,admin,metrics'));
  const service = await spawnService({
    EARSHOT_MODELS_DIR: join(folder, 'models'),
    EARSHOT_INFERENCE_KEYS_FILE: keysFile,
    EARSHOT_LOG_LEVEL: 'error',
  });
  try {
    await service.waitUntilReady();
    const { url } = service;
    // First without the right to unload spaces, which would end in a service that is rightly not ready.
    const used = await runSchemathesis({ url, key: user, folder, choice: [] });
    const ruled = await runSchemathesis({ url, key: admin, folder, choice: ['--include-path-regex', REPOSITORY] });
    return (await isUnharmed(service, admin)) ? used || ruled : 1;
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
