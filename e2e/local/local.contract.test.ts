// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { elasticsearchHome, whyNoElasticsearchHome } from '../support/elasticsearch-home.ts';
import { makeTempDir, runEarshot } from '../support/index.ts';

const reason = whyNoElasticsearchHome();

/** A cache of its own that shares the home: the developer's own local server stays untouched. */
function makeCache(): string {
  const cache = makeTempDir('local');
  chmodSync(cache, 0o755);
  mkdirSync(join(cache, 'elasticsearch'), { mode: 0o755 });
  symlinkSync(
    elasticsearchHome(),
    join(cache, 'elasticsearch', elasticsearchHome().slice(dirname(elasticsearchHome()).length + 1)),
  );
  return cache;
}

// The quick compiler alone, as for every server of the tests.
const env = reason ? {} : { EARSHOT_CACHE_DIR: makeCache(), ES_JAVA_OPTS: '-XX:TieredStopAtLevel=1' };
const local = (...args: string[]) => runEarshot(['local', ...args, '--json'], { env });
interface Answer {
  readonly running: boolean;
  readonly wasRunning?: boolean;
  readonly url: string;
}

afterAll(async () => {
  if (!reason) await local('down');
});

test.skipIf(reason)(
  `up, up again, down and up keep one server and its data ${reason ?? ''}`,
  async () => {
    expect((await local('status')).json).toEqual({ running: false });

    const first = (await local('up', '--port', '0')).json as Answer;
    expect(first).toMatchObject({ running: true, wasRunning: false });
    const put = await fetch(`${first.url}/kept`, { method: 'PUT' });
    expect(put.status).toBe(200);
    expect((await local('up')).json).toMatchObject({ running: true, wasRunning: true, url: first.url });

    expect((await local('down')).json).toEqual({ running: false, wasRunning: true });
    await expect(fetch(first.url)).rejects.toThrow();

    const second = (await local('up', '--port', '0')).json as Answer;
    expect((await fetch(`${second.url}/kept`)).status).toBe(200);
    expect((await local('status')).json).toMatchObject({ running: true, url: second.url });
    expect((await local('down')).code).toBe(0);
  },
  400_000,
);

test.skipIf(reason)(`a port that is taken is named, with what to do ${reason ?? ''}`, async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runEarshot(['local', 'up', '--port', String(port)], { env });
  server.close();
  expect(code).toBe(5);
  expect(stderr).toContain(`port ${port} is in use`);
  expect(stderr).toContain('--port');
});
