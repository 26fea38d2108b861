// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenSignal } from '@earshot/models';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult } from './contract/embeddings.ts';
import { launchService, type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

/** Stopping a process (SIGSTOP) puts a batch in flight for certain, without any timing. */
const noSignals = platform() === 'win32' ? 'needs POSIX signals' : false;
const RATE = 8000;
const folder = mkdtempSync(join(tmpdir(), 'earshot-resilience-'));
const modelsDir = join(folder, 'models');
const wav = new Uint8Array(wavFile(goldenSignal('plucked-notes', RATE, 12_000), RATE));
const running: SpawnedService[] = [];

beforeAll(() => void writeTinySpace(modelsDir));
afterEach(async () => {
  for (const service of running.splice(0)) {
    service.process.kill('SIGKILL');
    await service.exited;
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (env: Record<string, string> = {}): Promise<SpawnedService> => {
  const service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, ...env });
  running.push(service);
  return service;
};
const startReady = async (env: Record<string, string> = {}): Promise<SpawnedService> => {
  const service = await start(env);
  await service.waitUntilReady();
  return service;
};
const embed = (service: SpawnedService, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/v1/audio/embeddings?model=tiny-1`, { method: 'POST', body: wav, headers });
const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (let round = 0; round < 2400; round++) {
    if (await isTrue()) return;
    await sleep(25);
  }
  throw new Error('it did not happen within a minute');
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie still takes signals.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const hostPid = async (service: SpawnedService): Promise<number> => (await service.info()).host?.pid ?? 0;
const spoolOf = (service: SpawnedService): string[] =>
  ['/dev/shm', tmpdir()]
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))
    .filter((path) => path.includes(`earshot-spool-${service.process.pid}-`));
/** A request whose upload has been read and whose batch lies with the (stopped) host. */
const embedInFlight = async (service: SpawnedService): Promise<{ answer: Promise<Response> }> => {
  const answer = embed(service);
  answer.catch(() => undefined);
  await until(() => spoolOf(service).some((dir) => readdirSync(dir).length > 0));
  await sleep(300);
  return { answer };
};

describe.skipIf(noSignals)(`the inference host (${noSignals || 'POSIX signals'})`, () => {
  test('killed under a request, it is restarted and the request is answered; meanwhile others get 503', async () => {
    const service = await startReady();
    const expected = (await (await embed(service)).json()) as AudioEmbeddingResult;
    const pid = await hostPid(service);
    process.kill(pid, 'SIGSTOP');
    const { answer } = await embedInFlight(service);
    process.kill(pid, 'SIGKILL');
    await until(async () => !(await fetch(`${service.url}/health/ready`)).ok);
    const refused = await embed(service);
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'not_ready' } }]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    const rescued = await answer;
    expect([rescued.status, await rescued.json()]).toMatchObject([200, { embedding: expected.embedding }]);
    expect((await embed(service)).status).toBe(200);
    const { host } = await service.info();
    expect(host?.restarts).toBe(1);
    expect(host?.pid).not.toBe(pid);
  });

  test('a batch that hangs is taken from it after the time limit', async () => {
    const service = await startReady({ EARSHOT_BATCH_TIMEOUT_MS: '300' });
    process.kill(await hostPid(service), 'SIGSTOP');
    expect((await embed(service)).status).toBe(200);
    expect((await service.info()).host?.restarts).toBe(1);
  });

  test('while it is busy the service answers, and the HTTP process has not loaded ONNX Runtime', async () => {
    const service = await startReady();
    const pid = await hostPid(service);
    process.kill(pid, 'SIGSTOP');
    const { answer } = await embedInFlight(service);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect(await Promise.race([answer, sleep(100, 'waiting')])).toBe('waiting');
    process.kill(pid, 'SIGCONT');
    expect((await answer).status).toBe(200);
    if (platform() !== 'linux') return;
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toContain('libonnxruntime');
    expect(readFileSync(`/proc/${service.process.pid}/maps`, 'utf8')).not.toContain('libonnxruntime');
  });

  test('a full queue is 429 with the seconds to wait; a passed deadline is 408; a client that leaves leaves nothing', async () => {
    const service = await startReady({ EARSHOT_MAX_QUEUE_WINDOWS: '3' });
    const pid = await hostPid(service);
    process.kill(pid, 'SIGSTOP');
    const { answer: inFlight } = await embedInFlight(service);
    const full = await embed(service);
    expect([full.status, await full.json()]).toMatchObject([429, { error: { code: 'queue_full' } }]);
    expect(full.headers.get('retry-after')).toMatch(/^\d+$/);
    process.kill(pid, 'SIGCONT');
    expect((await inFlight).status).toBe(200);
    process.kill(pid, 'SIGSTOP');
    const late = await embed(service, { 'x-request-timeout-ms': '300' });
    expect([late.status, await late.json()]).toMatchObject([408, { error: { code: 'deadline_exceeded' } }]);
    process.kill(pid, 'SIGCONT');
    await service.waitUntilReady();
    process.kill(pid, 'SIGSTOP');
    const leaving = new AbortController();
    const left = fetch(`${service.url}/v1/audio/embeddings`, { method: 'POST', body: wav, signal: leaving.signal });
    left.catch(() => undefined);
    await until(() => spoolOf(service).some((dir) => readdirSync(dir).length > 0));
    leaving.abort();
    await until(() => spoolOf(service).every((dir) => readdirSync(dir).length === 0));
    await until(() => service.stderr().includes('"status_code":499'));
    process.kill(pid, 'SIGCONT');
  });

  test('it ends with a service that was killed', async () => {
    const service = await startReady();
    const pid = await hostPid(service);
    service.process.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  test('SIGTERM lets the running request end, then exits 0 without host or files', async () => {
    const service = await startReady();
    const pid = await hostPid(service);
    process.kill(pid, 'SIGSTOP');
    const { answer } = await embedInFlight(service);
    service.process.kill('SIGTERM');
    await until(() => service.stderr().includes('draining'));
    await until(
      async () =>
        !(await fetch(`${service.url}/health/live`).then(
          () => true,
          () => false,
        )),
    );
    process.kill(pid, 'SIGCONT');
    expect((await answer).status).toBe(200);
    expect(await service.exited).toBe(0);
    expect(spoolOf(service)).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a graph that is not what its card says', () => {
  const notReady = async (env: Record<string, string>): Promise<SpawnedService> => {
    const service = await start(env);
    await until(
      async () =>
        (await service.info()).ep.live !== null || (await service.info()).problems?.[0]?.includes(':') === true,
    );
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    return service;
  };

  test('a missed golden vector keeps the service from being ready and is named in info', async () => {
    const dir = join(folder, 'golden');
    const embedding = [0, 0, 0, 0, 0, 0, 0, 1];
    writeTinySpace(dir, { golden: [{ signal: 'plucked-notes', embedding, minCosine: 0.9999 }] });
    const service = await notReady({ EARSHOT_MODELS_DIR: dir });
    expect((await service.info()).problems?.join()).toMatch(/tiny-1: golden vector plucked-notes: cosine 0\.\d+/);
    const response = await embed(service);
    expect([response.status, await response.json()]).toMatchObject([503, { error: { code: 'not_ready' } }]);
  });

  test('another graph than the one the card names is refused with both sums', async () => {
    const dir = join(folder, 'sum');
    writeTinySpace(dir, { graph: { file: 'tiny-1.onnx', sha256: 'f'.repeat(64), precision: 'fp32' } });
    const service = await notReady({ EARSHOT_MODELS_DIR: dir });
    expect((await service.info()).problems?.join()).toMatch(
      /tiny-1.onnx has sha256 [0-9a-f]{64}, but its card names f{64}/,
    );
  });
});

describe('starting', () => {
  test('a port in use is told with the remedy, status 2', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    const { exited, text } = launchService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_INFERENCE_PORT: String(port) });
    expect(await exited).toBe(2);
    expect(text.stderr).toContain('EARSHOT_INFERENCE_PORT');
    expect(text.stdout).toBe('');
    blocker.close();
  });

  test('wrong settings are listed together, status 2', async () => {
    const { exited, text } = launchService({ EARSHOT_EP: 'tpu', EARSHOT_INFERENCE_HOST: '0.0.0.0' });
    expect(await exited).toBe(2);
    expect(text.stderr).toContain('EARSHOT_EP');
    expect(text.stderr).toContain('EARSHOT_INFERENCE_KEYS_FILE');
  });

  test('with a key file only holders of a key with the scope are served; probes stay open', async () => {
    const keysFile = join(folder, 'keys');
    const sum = (secret: string): string => createHash('sha256').update(secret).digest('hex');
    writeFileSync(keysFile, `sync:${sum('s3cret')}:embed\nwatch:${sum('m3trics')}:metrics\n`);
    const service = await start({ EARSHOT_INFERENCE_KEYS_FILE: keysFile });
    await service.waitUntilReady();
    const none = await embed(service);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await embed(service, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await embed(service, { authorization: 'Bearer m3trics' })).status).toBe(403);
    expect((await embed(service, { authorization: 'ApiKey s3cret' })).status).toBe(200);
    expect((await embed(service, { authorization: 'Bearer s3cret' })).status).toBe(200);
    expect(service.stderr()).not.toContain('s3cret');
  });
});
