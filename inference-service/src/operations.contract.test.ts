// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

/** What operators see of a running service: metrics, log, cache. */
const RATE = 8000;
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-operations-'));
const wavOf = (seconds: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(wavFile(goldenSignal('plucked-notes', RATE, RATE * seconds), RATE));
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_CACHE_BYTES: '1000000' });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(modelsDir, { recursive: true, force: true });
});

const embed = (seconds: number, query = '', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/v1/audio/embeddings?model=tiny-1${query}`, { method: 'POST', body: wavOf(seconds), headers });
const cacheHeader = async (answer: Promise<Response>): Promise<string | null> => {
  const response = await answer;
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return response.headers.get('x-earshot-cache');
};
const metric = async (line: string): Promise<number> => {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const found = text.split('\n').find((candidate) => candidate.startsWith(`earshot_inference_${line} `));
  return Number(found?.split(' ').at(-1) ?? Number.NaN);
};
const logged = async (requestId: string): Promise<Record<string, unknown>> => {
  for (;;) {
    const lines = service.stderr().split('\n').slice(0, -1);
    const line = lines.find((candidate) => candidate.includes(requestId));
    if (line) return JSON.parse(line) as Record<string, unknown>;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('the cache of embeddings', () => {
  test('the same recording is answered again without work, whatever way it comes', async () => {
    const first = await embed(3);
    expect(first.headers.get('x-earshot-cache')).toBe('miss');
    const { embedding } = (await first.json()) as AudioEmbeddingResult;
    const again = await embed(3);
    expect([again.headers.get('x-earshot-cache'), again.headers.get('x-decode-time')]).toEqual(['hit', '0']);
    expect(await again.json()).toMatchObject({ embedding, timing: { queue_ms: 0, decode_ms: 0, infer_ms: 0 } });
    const form = new FormData();
    form.append('file', new Blob([wavOf(3)]), 'a.wav');
    const formed = fetch(`${service.url}/v1/audio/embeddings?model=tiny-1`, { method: 'POST', body: form });
    expect(await cacheHeader(formed)).toBe('hit');
    const input = `data:audio/wav;base64,${Buffer.from(wavOf(3)).toString('base64')}`;
    const body = JSON.stringify({ model: 'tiny-1', input });
    const openai = await fetch(`${service.url}/v1/embeddings`, { method: 'POST', body });
    expect(openai.headers.get('x-earshot-cache')).toBe('hit');
    expect(await openai.json()).toMatchObject({ data: [{ embedding }] });
    expect(await metric('cache_hits_total')).toBe(3);
  });

  test.skipIf(platform() === 'win32')(
    'when the client whose request is being worked on leaves, the next equal one is answered',
    async () => {
      const pid = (await service.info()).host?.pid ?? 0;
      const waiting = (): Promise<number> => metric('queue_windows{priority="interactive"}');
      const uploads = (): Promise<number> => metric('request_duration_seconds_count{stage="upload"}');
      const before = await uploads();
      process.kill(pid, 'SIGSTOP');
      const leaving = new AbortController();
      const url = `${service.url}/v1/audio/embeddings?model=tiny-1`;
      const first = fetch(url, { method: 'POST', body: wavOf(5), signal: leaving.signal });
      first.catch(() => undefined);
      while ((await waiting()) !== 9) await sleep(10);
      const second = embed(5);
      while ((await uploads()) !== before + 2) await sleep(10);
      expect(await waiting()).toBe(9);
      leaving.abort();
      await expect(first).rejects.toThrow(/abort/);
      process.kill(pid, 'SIGCONT');
      expect(await cacheHeader(second)).toBe('miss');
      expect(await cacheHeader(embed(5))).toBe('hit');
    },
  );

  test('other options and Cache-Control: no-cache have it computed', async () => {
    await cacheHeader(embed(3));
    expect(await cacheHeader(embed(3, '&hop=0.25'))).toBe('miss');
    expect(await cacheHeader(embed(3, '', { 'cache-control': 'no-cache' }))).toBeNull();
  });
});

describe('metrics', () => {
  test('requests are counted by pattern and status, whatever paths are tried', async () => {
    await fetch(`${service.url}/secret-file.wav?token=abc`);
    await fetch(`${service.url}/v1/embeddings`);
    await embed(1, '&volume=11');
    expect(await metric('requests_total{route="unknown",code="404"}')).toBe(1);
    expect(await metric('requests_total{route="/v1/embeddings",code="405"}')).toBe(1);
    expect(await metric('requests_total{route="/v1/audio/embeddings",code="400"}')).toBe(1);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).not.toMatch(/secret-file|token|volume/);
    expect(text).toMatch(/earshot_inference_model_info\{model="tiny-1",version="1",fingerprint="[0-9a-f]{12}"/);
    expect(text).toContain('earshot_inference_ep_info{ep="cpu",live="true",reason=""} 1');
  });

  test('a recording is counted in every stage, in windows and in seconds', async () => {
    const stages = ['upload', 'decode', 'queue', 'infer', 'total'];
    const names = [
      ...stages.map((stage) => `request_duration_seconds_count{stage="${stage}"}`),
      'batch_windows_sum',
      'audio_seconds_total',
    ];
    const before = await Promise.all(names.map(metric));
    await (await embed(4)).arrayBuffer();
    await (await embed(4, '', { 'content-type': 'text/plain' })).arrayBuffer();
    const broken = fetch(`${service.url}/v1/audio/embeddings`, { method: 'POST', body: new Uint8Array(999) });
    expect((await broken).status).toBe(415);
    const after = await Promise.all(names.map(metric));
    expect(after.map((value, index) => value - before[index]!)).toEqual([2, 1, 1, 1, 3, 7, 4]);
    expect(await metric('decode_failures_total{reason="not_audio"}')).toBe(1);
    expect(await metric('queue_windows{priority="interactive"}')).toBe(0);
  });
});

describe('the log', () => {
  test('is one ECS line a request, without the query', async () => {
    await embed(1, '', { 'x-request-id': 'good-1' });
    expect(await logged('good-1')).toMatchObject({
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      'log.level': 'info',
      'service.name': 'earshot-inference',
      'service.version': expect.stringMatching(/^\d/),
      'ecs.version': expect.any(String),
      message: 'request',
      event: { outcome: 'success', duration: expect.any(Number) },
      http: { request: { id: 'good-1', method: 'POST' }, response: { status_code: 200 } },
      url: { path: '/v1/audio/embeddings' },
    });
    await embed(1, '&volume=11', { 'x-request-id': 'bad-1' });
    expect(await logged('bad-1')).toMatchObject({
      event: { outcome: 'failure' },
      error: { code: 'invalid_parameter' },
      http: { response: { status_code: 400 } },
    });
    expect(service.stderr()).not.toMatch(/volume|model=/);
  });
});

describe('keys with limits', () => {
  const keysFile = join(modelsDir, 'keys');
  const lineOf = (name: string, rest: string): string =>
    `${name}:${createHash('sha256').update(`${name}-secret`).digest('hex')}:${rest}`;
  let guarded: SpawnedService;
  const ask = (name: string): Promise<Response> =>
    fetch(`${guarded.url}/v1/audio/embeddings?model=tiny-1`, {
      method: 'POST',
      body: wavOf(1),
      headers: { authorization: `Bearer ${name}-secret` },
    });
  const statusOf = async (answer: Promise<Response>): Promise<number> => {
    const response = await answer;
    await response.arrayBuffer();
    return response.status;
  };

  beforeAll(async () => {
    writeFileSync(
      keysFile,
      [
        lineOf('flood', 'embed:requests_per_minute=3'),
        lineOf('calm', 'embed'),
        lineOf('listener', 'embed:audio_seconds_per_minute=2'),
        lineOf('prometheus', 'metrics'),
      ].join('\n'),
    );
    guarded = await spawnService({
      EARSHOT_MODELS_DIR: modelsDir,
      EARSHOT_INFERENCE_KEYS_FILE: keysFile,
      EARSHOT_KEY_REQUESTS_PER_MINUTE: '100',
      EARSHOT_METRICS_PORT: '0',
      EARSHOT_MAX_CONNECTIONS: '8',
    });
    await guarded.waitUntilReady();
  });
  afterAll(async () => {
    await guarded?.stop();
  });

  test('a key that floods is told to wait, and another one is served meanwhile', async () => {
    for (let count = 0; count < 3; count++) expect(await statusOf(ask('flood'))).toBe(200);
    const refused = await ask('flood');
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: 'rate_limited' } }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(20);
    expect(await statusOf(ask('calm'))).toBe(200);
  });

  test('seconds of sound are counted once they are known', async () => {
    expect(await statusOf(ask('listener'))).toBe(200);
    expect(await statusOf(ask('listener'))).toBe(200);
    expect(await statusOf(ask('listener'))).toBe(429);
  });

  test('metrics are for keys with that scope, and names of keys are not in them', async () => {
    expect((await fetch(`${guarded.url}/metrics`)).status).toBe(401);
    const headers = { authorization: 'Bearer prometheus-secret' };
    const text = await (await fetch(`${guarded.url}/metrics`, { headers })).text();
    expect(text).toContain('earshot_inference_rejected_total{reason="rate_limited"}');
    expect(text).not.toMatch(/flood|calm|listener|prometheus/);
  });

  test('a port of their own has metrics and probes, and nothing else', async () => {
    const url = /"address":"(http:[^"]+)"/.exec(guarded.stderr())?.[1];
    const headers = { authorization: 'Bearer prometheus-secret' };
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/v1/embeddings`, { method: 'POST', headers })).status).toBe(404);
  });

  test.skipIf(platform() === 'win32')(
    'SIGHUP reads the keys again; a file that cannot be used changes nothing',
    async () => {
      writeFileSync(keysFile, 'broken');
      guarded.process.kill('SIGHUP');
      while (!guarded.stderr().includes('the keys stay as they were')) await sleep(10);
      expect(await statusOf(ask('calm'))).toBe(200);
      writeFileSync(keysFile, lineOf('new', 'embed'));
      guarded.process.kill('SIGHUP');
      while (!guarded.stderr().includes('keys read again')) await sleep(10);
      expect(await statusOf(ask('new'))).toBe(200);
      expect(await statusOf(ask('calm'))).toBe(401);
    },
  );

  test('connections beyond the limit are closed, and headers beyond 16 KiB refused', async () => {
    const { port, hostname } = new URL(guarded.url);
    const sockets = Array.from({ length: 12 }, () => connect(Number(port), hostname).on('error', () => undefined));
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', () => resolve(socket))));
    for (let count = 0; count < 4; count++) await Promise.race(closed);
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    const large = await fetch(`${guarded.url}/health`, { headers: { 'x-large': 'x'.repeat(17_000) } });
    expect(large.status).toBe(431);
  });
});

describe('draining', () => {
  test('an idle kept connection is closed, an upload under way is finished, new work is refused, readiness ends at once', async () => {
    const ending = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_METRICS_PORT: '0' });
    await ending.waitUntilReady();
    const operators = /"address":"(http:[^"]+)"/.exec(ending.stderr())?.[1];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const kept = (path: string): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        get(`${ending.url}${path}`, { agent }, (response) => resolve(response.resume())).on('error', reject);
      });
    expect((await kept('/health')).statusCode).toBe(200);

    const { port, hostname } = new URL(ending.url);
    const body = wavOf(2);
    const upload = connect(Number(port), hostname);
    let answer = '';
    upload.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    const ended = new Promise((resolve) => upload.once('close', resolve));
    upload.write(
      `POST /v1/audio/embeddings?model=tiny-1 HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\nContent-Type: audio/wav\r\n\r\n`,
    );
    upload.write(body.subarray(0, 5000));
    const spool = ['/dev/shm', tmpdir()].filter((dir) => existsSync(dir));
    const isSpooled = (): boolean =>
      spool.some((dir) =>
        readdirSync(dir).some(
          (name) => name.startsWith(`earshot-spool-${ending.process.pid}-`) && readdirSync(join(dir, name)).length > 0,
        ),
      );
    while (!isSpooled()) await sleep(10);

    ending.process.kill('SIGTERM');
    while (!ending.stderr().includes('draining')) await sleep(10);
    const ready = await fetch(`${operators}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { problems: ['the service is shutting down'] }]);
    expect((await fetch(`${operators}/metrics`)).status).toBe(200);
    await expect(kept('/health')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);

    upload.write(body.subarray(5000));
    await ended;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ending.exited).toBe(0);
    expect(
      spool.flatMap((dir) => readdirSync(dir)).filter((name) => name.includes(`spool-${ending.process.pid}-`)),
    ).toEqual([]);
    agent.destroy();
  });
});
