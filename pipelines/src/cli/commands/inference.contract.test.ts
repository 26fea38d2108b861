// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../main.ts', import.meta.url));

test('earshot inference runs the service in the foreground until SIGTERM, with the shipped spaces ready', async () => {
  const child = spawn(process.execPath, [CLI, 'inference'], {
    env: { ...process.env, EARSHOT_INFERENCE_PORT: '0', EARSHOT_EP: 'cpu', EARSHOT_INFERENCE_KEYS_FILE: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const listening = new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).once('line', resolve);
    });
    const line = await Promise.race([listening, exited.then((status) => `ended with status ${status}`)]);
    expect(line).toMatch(/^earshot inference listening on http:\/\/127\.0\.0\.1:\d+$/);
    const url = line.split(' ').at(-1);
    while (!(await fetch(`${url}/health/ready`)).ok) await sleep(100);
    const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(data.map((model) => model.id)).toContain('spectral-1');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await exited).toBe(0);
});

test('its exit status is that of the service: 2 for wrong settings', async () => {
  const child = spawn(process.execPath, [CLI, 'inference'], {
    env: { ...process.env, EARSHOT_EP: 'tpu' },
    stdio: 'ignore',
  });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2);
});
