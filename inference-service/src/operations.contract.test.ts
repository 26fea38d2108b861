// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
