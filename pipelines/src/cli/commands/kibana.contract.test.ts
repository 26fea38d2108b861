// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EarshotResult, runEarshot } from '@earshot/e2e/support';
import { afterEach, expect, test } from 'vitest';
import { type KibanaStandIn, startKibanaStandIn } from '../../adapters/testing/kibana-stand-in.ts';

let standIn: KibanaStandIn | undefined;

afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

const earshot = (...args: string[]): Promise<EarshotResult> => runEarshot(args);

test('apply installs the bundle with the panel address filled in, and a second apply imports nothing', async () => {
  standIn = await startKibanaStandIn();
  const args = ['kibana', 'apply', '--json', '--kibana-url', standIn.url, '--panel-url', 'http://panel.example:8780/'];
  const first = await earshot(...args);
  expect(first.stderr).toBe('');
  expect(first.code).toBe(0);
  expect(JSON.parse(first.stdout).changed).toHaveLength(3);
  const view = standIn.stored.get('index-pattern:earshot-audio-spectral-1');
  expect(String(view?.attributes.fieldFormatMap)).toContain('http://panel.example:8780/api/audio?uri={{value}}');
  const second = await earshot(...args);
  expect(JSON.parse(second.stdout).changed).toEqual([]);
  expect(standIn.imports).toBe(1);
});

test('apply goes to the named Kibana space with the key, several embedding spaces at once', async () => {
  standIn = await startKibanaStandIn({ apiKey: 'secret' });
  const args = [
    'kibana',
    'apply',
    '--kibana-url',
    standIn.url,
    '--kibana-space',
    'sound',
    '--space',
    'spectral-1,melody-1',
  ];
  const denied = await earshot(...args);
  expect(denied.code).toBe(2);
  expect(denied.stderr).toContain('KIBANA_DENIED');
  const allowed = await earshot(...args, '--kibana-api-key', 'secret');
  expect(allowed.code).toBe(0);
  expect(standIn.stored.size).toBe(6);
  expect(allowed.stdout).toContain('/s/sound/app/dashboards#/view/earshot-audio-spectral-1-home');
});

test('a dry run says what would change and writes nothing', async () => {
  standIn = await startKibanaStandIn();
  const outcome = await earshot('kibana', 'apply', '--dry-run', '--kibana-url', standIn.url);
  expect(outcome.code).toBe(0);
  expect(outcome.stdout).toContain('would be written');
  expect(standIn.imports).toBe(0);
});

test('a refused import ends with exit 4 and the reason, whatever successCount says', async () => {
  standIn = await startKibanaStandIn({ refuseWith: 'conflict' });
  const outcome = await earshot('kibana', 'apply', '--kibana-url', standIn.url);
  expect(outcome.code).toBe(4);
  expect(outcome.stderr).toContain('index-pattern:earshot-audio-spectral-1: conflict');
  expect(standIn.stored.size).toBe(0);
});

test('an old, a starting and a missing Kibana are told apart', async () => {
  standIn = await startKibanaStandIn({ version: '8.17.2' });
  expect((await earshot('kibana', 'apply', '--kibana-url', standIn.url)).stderr).toContain('KIBANA_TOO_OLD');
  await standIn.close();
  standIn = await startKibanaStandIn({ level: 'degraded' });
  expect((await earshot('kibana', 'apply', '--kibana-url', standIn.url)).code).toBe(5);
  const closed = await earshot('kibana', 'apply', '--kibana-url', 'http://127.0.0.1:9');
  expect(closed.code).toBe(5);
  expect(closed.stderr).toContain('KIBANA_UNAVAILABLE');
  expect((await earshot('kibana', 'apply')).code).toBe(2);
});

test('build writes a file that validate accepts; a broken file is refused with the rule', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-kibana-'));
  try {
    const file = join(dir, 'objects.ndjson');
    expect((await earshot('kibana', 'build', '--output', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(3);
    expect((await earshot('kibana', 'validate', file)).code).toBe(0);
    const missing = await earshot('kibana', 'validate', join(dir, 'none.ndjson'));
    expect(missing.code).toBe(2);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('the daily queries open in Dev Tools as printed', async () => {
  const { stdout, code } = await earshot('kibana', 'console', '--library', 'sounds');
  expect(code).toBe(0);
  expect(stdout).toContain('GET earshot-sounds-spectral-1/_search');
});
