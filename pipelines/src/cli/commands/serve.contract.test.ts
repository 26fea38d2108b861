// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { runEarshot } from '@earshot/e2e/support';
import { expect, it } from 'vitest';

const env = { ELASTICSEARCH_URL: 'http://127.0.0.1:9', EARSHOT_INFERENCE_URL: 'http://127.0.0.1:9' };

it('earshot serve prints its address, serves though nothing else is up, and ends on SIGTERM', async () => {
  const port = 20_000 + (process.pid % 20_000);
  const controller = new AbortController();
  const running = runEarshot(['serve', '--panel-port', String(port)], { env, signal: controller.signal });
  let status: Response | undefined;
  for (let round = 0; round < 600 && !status?.ok; round++) {
    await sleep(100);
    status = await fetch(`http://127.0.0.1:${port}/api/status`).catch(() => undefined);
  }
  expect(await status?.json()).toMatchObject({ elasticsearch: { ok: false }, inference: { ok: false } });
  expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html');
  controller.abort();
  const { code, stdout } = await running;
  expect(code).toBe(0);
  expect(stdout).toBe(`earshot panel listening on http://127.0.0.1:${port}\n`);
});

it('earshot serve says where it cannot listen, with status 2', async () => {
  const { code, stderr } = await runEarshot(['serve', '--panel-port', '1'], {
    env: { ...env, EARSHOT_PANEL_HOST: '192.0.2.1', EARSHOT_PANEL_AUTH: 'a:b' },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('192.0.2.1:1');
  expect(stderr).toContain('EARSHOT_PANEL_PORT');
});
