// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult, AudioEmbeddingResults, ErrorBody } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { tinyVector, writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-models-'));
const temporaryDir = mkdtempSync(join(tmpdir(), 'earshot-temporary-'));
const melody = goldenSignal('plucked-notes', RATE, 20_000);
const chirp = goldenSignal('chirp-noise', RATE, 12_000);
const silence = new Float32Array(16_000);
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  writeTinySpace(modelsDir, { id: 'tiny-2', version: 2, pooling: 'max', hasTrackVector: false });
  const limits = { EARSHOT_MAX_UPLOAD_BYTES: '200000' };
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, TMPDIR: temporaryDir, ...limits });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  for (const dir of [modelsDir, temporaryDir]) rmSync(dir, { recursive: true, force: true });
});

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const cosine = (a: readonly number[], b: readonly number[]): number =>
  unit(a).reduce((sum, value, index) => sum + value * unit(b)[index]!, 0);
const toFloats = (base64: string): number[] => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};
const dataUri = (samples: Float32Array): string => `data:audio/wav;base64,${wavFile(samples, RATE).toString('base64')}`;

const post = (
  query: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(`${service.url}/v1/audio/embeddings?${query}`, { method: 'POST', body, headers });
const upload = (query: string, samples: Float32Array): Promise<Response> =>
  post(query, new Uint8Array(wavFile(samples, RATE)), { 'content-type': 'audio/wav' });

test('ONNX Runtime has its telemetry off: the log that it leaves otherwise is not there', () => {
  expect(readdirSync(temporaryDir).filter((name) => name.startsWith('mat-debug'))).toEqual([]);
});

describe('POST /v1/audio/embeddings', () => {
  test('a raw wav gives vector, segments, decode facts and timing', async () => {
    const response = await upload('model=tiny-1&segments=true&peaks=10', melody);
    expect(response.status).toBe(200);
    const result = (await response.json()) as AudioEmbeddingResult;
    expect(result).toMatchObject({ model: 'tiny-1', dims: 8, duration_ms: 2500, silent: false, status: 'ready' });
    expect(result.fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(result.decode).toMatchObject({ container: 'wav', sample_rate_hz: RATE, channels: 1, truncated: false });
    expect(result.decode.peaks).toHaveLength(10);
    expect(result.segments?.map(({ start_ms, end_ms }) => [start_ms, end_ms])).toEqual([
      [0, 1000],
      [500, 1500],
      [1000, 2000],
      [1500, 2500],
    ]);
    expect(Math.hypot(...(result.embedding as number[]))).toBeCloseTo(1, 6);
    expect(
      cosine(result.segments![2]!.embedding as number[], tinyVector(melody.subarray(8000, 16_000))),
    ).toBeGreaterThan(0.999999);
    for (const name of ['x-total-time', 'x-queue-time', 'x-inference-time', 'x-decode-time'])
      expect(response.headers.get(name)).toMatch(/^\d+$/);
  });

  test('a form, and base64, give the same vector as the raw body in numbers', async () => {
    const raw = (await (await upload('model=tiny-1', melody)).json()) as AudioEmbeddingResult;
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(wavFile(melody, RATE))]), '../../etc/passwd.wav');
    const formed = (await (await post('model=tiny-1&encoding=base64', form)).json()) as AudioEmbeddingResult;
    expect(toFloats(formed.embedding as string)).toEqual(raw.embedding);
  });

  test('without a model the first space answers; several models answer from one upload', async () => {
    expect(await (await upload('', melody)).json()).toMatchObject({ model: expect.any(String), status: 'ready' });
    const body = (await (await upload('model=tiny-1&model=tiny-2', melody)).json()) as AudioEmbeddingResults;
    expect(body.results.map((result) => result.model)).toEqual(['tiny-1', 'tiny-2']);
    expect(body.results[1]?.embedding).toBeNull();
    expect(body.results[1]?.segments).toHaveLength(4);
  });

  test('offset and duration look at a part; times count from the start of the recording', async () => {
    const result = (await (
      await upload('model=tiny-1&offset=1&duration=1&segments=true', melody)
    ).json()) as AudioEmbeddingResult;
    expect(result.duration_ms).toBe(1000);
    expect(result.segments).toHaveLength(1);
    expect(result.segments?.[0]).toMatchObject({ start_ms: 1000, end_ms: 2000 });
    expect(cosine(result.embedding as number[], tinyVector(melody.subarray(8000, 16_000)))).toBeGreaterThan(0.999999);
  });

  test('silence is told, never a vector of zeros', async () => {
    const result = (await (await upload('model=tiny-1&segments=true', silence)).json()) as AudioEmbeddingResult;
    expect(result).toMatchObject({ status: 'silent', silent: true, embedding: null });
    expect(result.segments?.every((segment) => segment.embedding === null)).toBe(true);
    expect(result.decode.loudness_dbfs).toBeNull();
  });

  const bytes = new Uint8Array(wavFile(melody, RATE));
  const wav = { 'content-type': 'audio/wav' };
  const formWithout = new FormData();
  formWithout.append('other', 'x');
  test.each([
    ['model=nope', bytes, wav, 404, 'model_not_found', 'model'],
    ['model=tiny-1&window=3', bytes, wav, 400, 'invalid_parameter', 'window'],
    ['model=tiny-1&hop=5', bytes, wav, 400, 'invalid_parameter', 'hop'],
    ['model=tiny-1&pooling=median', bytes, wav, 400, 'invalid_parameter', 'pooling'],
    ['model=tiny-1&offset=-1', bytes, wav, 400, 'invalid_parameter', 'offset'],
    ['model=tiny-1&volume=11', bytes, wav, 400, 'invalid_parameter', 'volume'],
    ['model=tiny-1', new Uint8Array(0), wav, 400, 'empty_body', null],
    ['model=tiny-1', bytes, { 'content-type': 'text/plain' }, 415, 'not_audio', null],
    ['model=tiny-1', 'these words are no audio at all, '.repeat(99), wav, 415, 'not_audio', null],
    ['model=tiny-1', new Uint8Array(wavFile(melody.subarray(0, 700), RATE)), wav, 422, 'audio_too_short', null],
    ['model=tiny-1', new Uint8Array(200_001), wav, 413, 'audio_too_large', null],
    [
      'model=tiny-1',
      bytes,
      { ...wav, 'x-request-timeout-ms': 'soon' },
      400,
      'invalid_parameter',
      'X-Request-Timeout-Ms',
    ],
    ['model=tiny-1', bytes, { ...wav, 'x-earshot-priority': 'urgent' }, 400, 'invalid_parameter', 'X-Earshot-Priority'],
    ['model=tiny-1', formWithout, {}, 400, 'invalid_request', null],
    ['model=tiny-1', 'x', { 'content-type': 'multipart/form-data' }, 400, 'invalid_request', null],
    [
      'model=tiny-1',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF',
      { 'content-type': 'multipart/form-data; boundary=b' },
      400,
      'invalid_request',
      null,
    ],
  ])('%s with a bad request is refused', async (query, body, headers, status, code, param) => {
    const response = await post(query, body, headers as Record<string, string>);
    expect([response.status, await response.json()]).toMatchObject([status, { error: { code, param } }]);
  });

  test('unknown routes and methods answer in the form of the catalogue and echo the request id', async () => {
    const missing = await fetch(`${service.url}/v3`, { headers: { 'x-request-id': 'abc-1' } });
    expect([missing.status, missing.headers.get('x-request-id')]).toEqual([404, 'abc-1']);
    expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } });
    const wrong = await fetch(`${service.url}/v1/embeddings`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('POST /v1/embeddings with the openai package', () => {
  const client = (): OpenAI => new OpenAI({ apiKey: 'none', baseURL: `${service.url}/v1`, maxRetries: 0 });

  test('models are listed', async () => {
    const ids: string[] = [];
    for await (const model of client().models.list()) ids.push(model.id);
    expect(ids).toContain('tiny-1');
  });

  test('float and base64 are equal to the bit, and order is kept', async () => {
    const input = [dataUri(melody), dataUri(chirp), dataUri(melody)];
    const float = await client().embeddings.create({ model: 'tiny-1', input, encoding_format: 'float' });
    const automatic = await client().embeddings.create({ model: 'tiny-1', input });
    const raw = await fetch(`${service.url}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'tiny-1', input, encoding_format: 'base64' }),
    });
    const base64 = ((await raw.json()) as { data: { embedding: string }[] }).data.map((item) =>
      toFloats(item.embedding),
    );
    const vectors = float.data.map((item) => item.embedding);
    expect(base64).toEqual(vectors);
    expect(automatic.data.map((item) => [...item.embedding])).toEqual(vectors);
    expect(float.data.map((item) => item.index)).toEqual([0, 1, 2]);
    expect(vectors[0]).toEqual(vectors[2]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    expect(float.usage.prompt_tokens).toBe(10);
  });

  test('the vector is that of the upload', async () => {
    const { data } = await client().embeddings.create({
      model: 'tiny-1',
      input: dataUri(melody),
      encoding_format: 'float',
    });
    const uploaded = (await (await upload('model=tiny-1', melody)).json()) as AudioEmbeddingResult;
    expect(data[0]?.embedding).toEqual(uploaded.embedding);
  });

  test('the probe of Elasticsearch gets a unit vector of the right length', async () => {
    const { data } = await client().embeddings.create({
      model: 'tiny-1',
      input: ['how big'],
      encoding_format: 'float',
    });
    expect(data[0]?.embedding).toHaveLength(8);
    expect(Math.hypot(...data[0]!.embedding)).toBeCloseTo(1, 6);
  });

  test('failures arrive as the classes of the package', async () => {
    const create = (body: object): Promise<unknown> => client().embeddings.create(body as never);
    await expect(create({ model: 'nope', input: dataUri(melody) })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(create({ model: 'tiny-1', input: 'rain' })).rejects.toMatchObject({
      code: 'model_does_not_embed_text',
    });
    await expect(create({ model: 'tiny-1', input: dataUri(silence) })).rejects.toBeInstanceOf(
      OpenAI.UnprocessableEntityError,
    );
    await expect(create({ model: 'tiny-1', input: [] })).rejects.toMatchObject({ status: 400, param: 'input' });
    await expect(create({ model: 'tiny-1', input: Array(2049).fill('how big') })).rejects.toMatchObject({
      status: 400,
    });
    await expect(create({ model: 'tiny-1', input: dataUri(melody), dimensions: 3 })).rejects.toMatchObject({
      param: 'dimensions',
    });
    await expect(create({ model: 'tiny-1', input: ['how big', 'http://10.0.0.1/a.mp3'] })).rejects.toMatchObject({
      code: 'url_not_allowed',
      param: 'input[1]',
    });
    await expect(create({ model: 'tiny-2', input: dataUri(melody) })).rejects.toMatchObject({ param: 'model' });
  });

  test('what is too large is 400, never 413', async () => {
    const long = new Float32Array(110_000).fill(0.1);
    const item = client().embeddings.create({ model: 'tiny-1', input: dataUri(long) });
    await expect(item).rejects.toMatchObject({ status: 400, code: 'audio_too_large', param: 'input[0]' });
    const body = JSON.stringify({ model: 'tiny-1', input: 'A'.repeat(33 * 1024 * 1024) });
    const response = await fetch(`${service.url}/v1/embeddings`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(((await response.json()) as ErrorBody).error.code).toBe('audio_too_large');
  });

  test('broken JSON says so', async () => {
    const response = await fetch(`${service.url}/v1/embeddings`, { method: 'POST', body: '{"model":' });
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_json' } });
  });
});

describe('what the service says about itself', () => {
  test('info names spaces, device, decoder and limits', async () => {
    const info = await service.info();
    expect(info.spaces.find((space) => space.id === 'tiny-1')).toMatchObject({ dims: 8, window_ms: 1000, hop_ms: 500 });
    expect(info.ep).toEqual({ live: 'cpu', tried: [] });
    expect(info.limits.max_upload_bytes).toBe(200_000);
    expect(info.problems).toEqual([]);
  });

  test('the OpenAPI document names the routes that answer, and their methods', async () => {
    const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    for (const [path, operations] of Object.entries(paths)) {
      const url = service.url + path.replace('{model}', 'tiny-1').replace('{version}', '1');
      const { status, headers } = await fetch(url, { method: 'DELETE' });
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      expect([path, status, headers.get('allow')?.split(', ').sort()]).toEqual([path, 405, methods.sort()]);
    }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/audio/embeddings', '/info', '/health/ready']));
  });

  test('stdout carried exactly one line', () => {
    expect(service.stdout()).toBe(`earshot inference listening on ${service.url}\n`);
  });
});
