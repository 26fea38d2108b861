// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchElasticsearchHome } from './fetch-elasticsearch-home.ts';
import { findJavaHome } from './java-home.ts';
import { makeTempDir } from './make-temp-dir.ts';
import type { PreparationError } from './preparation-error.ts';

const noJava = findJavaHome() ? undefined : 'no JDK 21 or later found';

let bin: string;
let cache: string;

beforeEach(() => {
  bin = makeTempDir('bin');
  cache = makeTempDir('cache');
  chmodSync(cache, 0o755);
  vi.stubEnv('EARSHOT_CACHE_DIR', cache);
});
afterEach(() => vi.unstubAllEnvs());

/** Stands for Maven with a fault: `script` sees the repository folder as $repository. */
function addFaultyMaven(script: string): void {
  const path = join(bin, 'mvn');
  const findRepository = 'repository=$(printf "%s\\n" "$@" | sed -n s/^-Dmaven.repo.local=//p)';
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${findRepository}\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
}

const failure = (): Promise<PreparationError> =>
  fetchElasticsearchHome(() => undefined).then(
    () => expect.unreachable(),
    (error: PreparationError) => error,
  );

const leftovers = (): string[] =>
  existsSync(join(cache, 'elasticsearch')) ? readdirSync(join(cache, 'elasticsearch')) : [];

test.skipIf(noJava)(`an archive with another sha256 is not used and not kept ${noJava ?? ''}`, async () => {
  const folder = 'org/elasticsearch/distribution/integ-test-zip/elasticsearch/9.4.3';
  addFaultyMaven(`mkdir -p "$repository/${folder}" && echo other >"$repository/${folder}/elasticsearch-9.4.3.zip"`);
  expect((await failure()).message).toMatch(/integ-test-zip.* has sha256 [0-9a-f]{64}, expected adde840e.*not used/);
  expect(leftovers()).toEqual([]);
});

test.skipIf(noJava)(`a download that fails gives Maven's words and the other ways ${noJava ?? ''}`, async () => {
  addFaultyMaven('echo "Could not resolve host"; exit 1');
  const { message, remedy } = await failure();
  expect(message).toContain('Could not resolve host');
  expect(remedy).toContain('ELASTICSEARCH_URL');
  expect(leftovers()).toEqual([]);
});

test.skipIf(noJava)(`without Maven the message says so ${noJava ?? ''}`, async () => {
  mkdirSync(join(bin, 'empty'));
  vi.stubEnv('PATH', join(bin, 'empty'));
  expect((await failure()).message).toBe('Maven (mvn) was not found');
});
