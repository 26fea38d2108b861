// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const HOOK = new URL('./end-with-parent.ts', import.meta.url).href;

test('a program that another started for itself ends when the pipe between them closes', async () => {
  const program = "process.stdout.write('running'); setInterval(() => undefined, 1000);";
  const child = spawn(process.execPath, ['--import', HOOK, '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.stdin.end();
  expect(await ended).toEqual([null, 'SIGTERM']);
});
