// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHere } from './child-launch.ts';
import { ChildLauncher } from './child-launcher.ts';

let dir: string;
let launcher: ChildLauncher;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-launch-'));
  launcher = await ChildLauncher.start();
});
afterAll(async () => {
  await launcher?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** What the child, a shell, runs. */
const request = (script: string, hasOutput = true) => ({
  command: '/bin/sh',
  args: ['-c', script, 'sh', "it's one word; $(not) run"],
  cwd: dir,
  hasOutput,
});

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

async function firstLine(stream: Readable): Promise<string> {
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString().trim();
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition() && Date.now() < deadline) await sleep(20);
  expect(condition()).toBe(true);
}

describe.each([
  ['through a process of its own', () => launcher.launch],
  ['as a child of this process', () => launchHere],
])('a program started %s', (_name, launchOf) => {
  const launch = (script: string, hasOutput = true) => launchOf()(request(script, hasOutput));

  test('gives its output whole and in order, its errors apart, and its status', async () => {
    const child = await launch('seq 1 300000; echo "$1" >&2; exit 7');
    const [stdout, stderr, end] = await Promise.all([buffer(child.stdout), text(child.stderr), child.ended]);
    expect(stdout.toString()).toBe(`${Array.from({ length: 300_000 }, (_, i) => i + 1).join('\n')}\n`);
    expect(stderr).toBe("it's one word; $(not) run\n");
    expect(end).toEqual({ exitCode: 7, killedBy: null });
  });

  test('sees two variables, its folder, and nothing on stdin', async () => {
    const child = await launch('env; pwd; cat');
    const [stdout] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
    const lines = stdout.trim().split('\n').sort();
    // The shell itself adds the last two.
    const names = lines.map((line) => line.split('=')[0]).filter((name) => name !== '_' && name !== 'PWD');
    expect(names).toEqual([dir, 'LC_ALL', 'PATH'].sort());
  });

  test('whose output nobody wants has none', async () => {
    const child = await launch('echo lost; echo kept >&2', false);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
    expect([stdout, stderr]).toEqual(['', 'kept\n']);
  });

  test('waits while its output is not read, and ends when it is killed', async () => {
    const child = await launch('echo $$ >&2; exec yes');
    const pid = Number(await firstLine(child.stderr));
    await sleep(100);
    expect(child.stdout.readableLength).toBeLessThan(1 << 20);
    expect(isAlive(pid)).toBe(true);
    child.kill();
    child.stdout.resume();
    child.stderr.resume();
    expect(await child.ended).toEqual({ exitCode: null, killedBy: 'SIGKILL' });
    child.kill();
  });

  test('that does not exist is refused with its name', async () => {
    const starting = launchOf()({ ...request(''), command: '/no/such/decoder' });
    await expect(starting.then(({ ended }) => ended)).rejects.toThrow('/no/such/decoder');
  });
});

describe('the process that starts programs', () => {
  test('keeps fifty apart', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const child = await launcher.launch(request(`echo out ${i}; echo err ${i} >&2; exit ${i}`));
        return Promise.all([text(child.stdout), text(child.stderr), child.ended]);
      }),
    );
    expect(answers).toEqual(answers.map((_, i) => [`out ${i}\n`, `err ${i}\n`, { exitCode: i, killedBy: null }]));
  });

  test('is not confused by strangers at its socket', async () => {
    for (const words of ['9999 stdout\n', 'x'.repeat(1000), '']) {
      const socket = connect(launcher.socketPath);
      socket.on('error', () => undefined);
      socket.end(words);
      socket.resume();
      await once(socket, 'close');
    }
    const child = await launcher.launch(request('echo fine'));
    const [stdout] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
    expect(stdout).toBe('fine\n');
  });

  test('when it ends, its programs fail with a reason, and the next one is started by a new one', async () => {
    const child = await launcher.launch(request('echo $PPID >&2; exec sleep 60'));
    const launching = Number(await firstLine(child.stderr));
    process.kill(launching, 'SIGKILL');
    await expect(child.ended).rejects.toMatchObject({ code: 'not_ready', message: expect.stringContaining('ended') });
    const next = await launcher.launch(request('echo fine'));
    const [stdout, , end] = await Promise.all([text(next.stdout), text(next.stderr), next.ended]);
    expect([stdout, end.exitCode]).toEqual(['fine\n', 0]);
  });

  test('takes its programs along when it is stopped', async () => {
    const other = await ChildLauncher.start();
    const child = await other.launch(request('echo $$ >&2; exec sleep 60'));
    const pid = Number(await firstLine(child.stderr));
    child.stdout.resume();
    child.stderr.resume();
    await other.stop();
    await until(() => !isAlive(pid));
  });
});
