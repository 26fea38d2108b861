// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment } from './clean-environment.ts';
import {
  readCapabilities,
  runEarshot,
  startElasticsearch,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from './index.ts';

const noElasticsearch = whyNoElasticsearch();
const noVersitygw = whyNoVersitygw();

async function until(condition: () => boolean): Promise<boolean> {
  for (let round = 0; round < 300; round++) {
    if (condition()) return true;
    await sleep(100);
  }
  return false;
}

const isAlive = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0;

describe('the Elasticsearch launcher', () => {
  test.skipIf(noElasticsearch)(`starts a real server that tells what it can do ${noElasticsearch ?? ''}`, async () => {
    const elasticsearch = await startElasticsearch({ isShortLived: true });
    try {
      const capabilities = await readCapabilities(elasticsearch.url);
      expect(capabilities.version).toBe(elasticsearch.version);
      expect(capabilities.ingestProcessors).toContain('set');
    } finally {
      await elasticsearch.stop();
    }
    if (elasticsearch.origin !== 'given') await expect(fetch(elasticsearch.url)).rejects.toThrow();
  });
});

describe('the S3 launcher', () => {
  test.skipIf(noVersitygw)(`starts a real server that asks for credentials ${noVersitygw ?? ''}`, async () => {
    const store = await startVersitygw({ buckets: ['sounds'] });
    try {
      const answer = await fetch(`${store.endpoint}/sounds`);
      expect(answer.status).toBe(403);
    } finally {
      await store.stop();
    }
    await expect(fetch(store.endpoint)).rejects.toThrow();
  });
});

describe('a process that launches others', () => {
  test('takes its children and temporary folders with it even when it is killed', async () => {
    const source = `
      const { makeTempDir } = await import(${JSON.stringify(new URL('./make-temp-dir.ts', import.meta.url).href)});
      const { spawnGuarded } = await import(${JSON.stringify(new URL('./guarded-process.ts', import.meta.url).href)});
      const child = spawnGuarded('sh', ['-c', 'trap "" TERM; sleep 600 & wait'], { stdio: 'ignore' });
      console.log(JSON.stringify({ folder: makeTempDir(), pid: child.pid }));
      setInterval(() => undefined, 1000);`;
    const parent = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source],
      {
        env: cleanEnvironment({ REAPER_ROUNDS: '5' }),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const line = await new Promise<string>((resolve) => parent.stdout.once('data', (chunk) => resolve(String(chunk))));
    const { folder, pid } = JSON.parse(line) as { folder: string; pid: number };
    expect(existsSync(folder)).toBe(true);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !isAlive(pid) && !existsSync(folder))).toBe(true);
  });
});

describe('the command line launcher', () => {
  test('gives the exit code and the JSON that a command printed', async () => {
    const { code, json } = await runEarshot(['config', 'show', '--json'], { env: { EARSHOT_LIBRARY: 'birds' } });
    expect(code).toBe(0);
    expect(JSON.stringify(json)).toContain('birds');
  });

  test('keeps the settings of whoever runs the tests away from the command', async () => {
    process.env.EARSHOT_LIBRARY = 'mine';
    try {
      const { code, stdout } = await runEarshot(['config', 'show', '--json']);
      expect(code).toBe(0);
      expect(stdout).not.toContain('"mine"');
    } finally {
      delete process.env.EARSHOT_LIBRARY;
    }
  });

  test('shows a wrong command as exit code 2', async () => {
    expect((await runEarshot(['no-such-command'])).code).toBe(2);
  });
});
