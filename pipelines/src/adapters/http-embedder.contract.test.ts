// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EmbedRequest } from '../ports/embedder.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../testing/inference-stand-in.ts';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createHttpEmbedder } from './http-embedder.ts';

let service: InferenceStandIn;
beforeAll(async () => {
  service = await startInferenceStandIn(
    ['spectral-1', 'melody-1'].map((id) => ({
      id,
      fingerprint: '0123456789ab',
      dims: 8,
      acceptsText: id === 'melody-1',
    })),
  );
});
afterAll(() => service.stop());
beforeEach(() => {
  service.faults.length = 0;
  service.requests.length = 0;
});

const embedder = (over = {}) =>
  createHttpEmbedder({ url: service.url, backoff: { baseMs: 1, capMs: 5 }, retryForMs: 2000, ...over });

function request(content = 'sound', over: Partial<EmbedRequest> = {}): EmbedRequest {
  const bytes = Buffer.from(content);
  return {
    open: () => Readable.from([bytes]),
    length: bytes.length,
    models: ['spectral-1'],
    priority: 'bulk',
    ...over,
  };
}

test('one model gives one recording with a vector read little-endian', async () => {
  const outcome = await embedder().embed(request());
  if (outcome.state !== 'embedded') throw new Error(outcome.message);
  const [recording] = outcome.recordings;
  expect(recording).toMatchObject({ space: 'spectral-1', status: 'ready', durationMs: 2000 });
  expect(Math.hypot(...recording!.embedding!)).toBeCloseTo(1, 5);
  expect(recording!.segments).toHaveLength(1);
});

test('several models come back in the order asked for', async () => {
  const outcome = await embedder().embed(request('sound', { models: ['melody-1', 'spectral-1'], peaks: 3 }));
  if (outcome.state !== 'embedded') throw new Error(outcome.message);
  expect(outcome.recordings.map(({ space }) => space)).toEqual(['melody-1', 'spectral-1']);
  expect(service.requests).toMatchObject([
    {
      url: '/v1/audio/embeddings?model=melody-1&model=spectral-1&encoding=base64&segments=true&peaks=3',
      bytes: 5,
      priority: 'bulk',
    },
  ]);
});

test('a part of a recording is asked for by offset and duration', async () => {
  await embedder().embed(request('sound', { fromSeconds: 2, toSeconds: 5 }));
  expect(service.requests[0]?.url).toContain('offset=2&duration=3');
});

test('what the vectors are for goes along', async () => {
  await embedder().embed(request('sound', { inputType: 'search' }));
  expect(service.requests[0]?.url).toContain('input_type=search');
});

test('silence has neither vector nor segments', async () => {
  const outcome = await embedder().embed(request('SILENT'));
  expect(outcome).toMatchObject({
    state: 'embedded',
    recordings: [{ status: 'silent', embedding: null, segments: [] }],
  });
});

test('overload, resets and restarts are retried with the whole body', async () => {
  service.faults.push(
    { kind: 'status', status: 429, code: 'queue_full', retryAfter: '0' },
    { kind: 'reset' },
    { kind: 'status', status: 503, code: 'not_ready' },
  );
  const outcome = await embedder().embed(request());
  expect(outcome).toMatchObject({ state: 'embedded', attempts: 4 });
  expect(service.requests.map(({ bytes }) => bytes)).toEqual([5, 5, 5, 5]);
});

test('a recording that cannot be decoded is poison with the code of the service, without retries', async () => {
  const outcome = await embedder().embed(request('BROKEN'));
  expect(outcome).toMatchObject({ state: 'poison', code: 'undecodable_audio', attempts: 1 });
});

test('an answer before the body was read is still understood', async () => {
  service.faults.push({ kind: 'early-status', status: 413, code: 'audio_too_large' });
  const big = Buffer.alloc(4 << 20, 'x');
  const outcome = await embedder().embed(request('', { open: () => Readable.from([big]), length: big.length }));
  expect(outcome).toMatchObject({ state: 'poison', code: 'audio_too_large' });
});

test('an answer that leaves the rest of the body unread ends the request, and the body is closed', async () => {
  const server = await startLoopbackServer(async (_request, response) => {
    response.writeHead(413, { 'content-type': 'application/json' }).end('{"error":{"code":"audio_too_large"}}');
  });
  let isClosed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1 << 20);
    } finally {
      isClosed = true;
    }
  }
  const outcome = await embedder({ url: server.url }).embed(request('', { open: endless, length: 2 ** 40 }));
  await server.stop();
  expect([outcome, isClosed]).toMatchObject([{ state: 'poison', code: 'audio_too_large' }, true]);
});

test('a body that cannot be read is no success, and its own error is the reason', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('so');
    throw new Error('the temporary file is gone');
  }
  const outcome = await embedder({ retryForMs: 20 }).embed(request('sound', { open: broken }));
  expect(outcome).toMatchObject({ state: 'unavailable', message: 'the temporary file is gone' });
  expect(service.requests).toEqual([]);
});

test('a fault of the service is tried three times, then counts as unavailable', async () => {
  for (let i = 0; i < 5; i++) service.faults.push({ kind: 'status', status: 500, code: 'internal_error' });
  const outcome = await embedder().embed(request());
  expect(outcome).toMatchObject({ state: 'unavailable', code: 'internal_error', attempts: 3 });
});

test('a hanging service ends as a timeout', async () => {
  for (let i = 0; i < 50; i++) service.faults.push({ kind: 'hang' });
  const outcome = await embedder({ timeoutMs: 50, retryForMs: 100 }).embed(request());
  expect(outcome).toMatchObject({ state: 'unavailable', code: 'timeout' });
});

test('a stopped service ends as unavailable', async () => {
  const outcome = await createHttpEmbedder({ url: 'http://127.0.0.1:9', retryForMs: 20 }).embed(request());
  expect(outcome).toMatchObject({ state: 'unavailable', code: 'connection_failed' });
  await expect(createHttpEmbedder({ url: 'http://127.0.0.1:9' }).info()).rejects.toMatchObject({
    code: 'INFERENCE_UNAVAILABLE',
    exitCode: 5,
  });
});

test('an unknown space and a refused key stop the caller', async () => {
  await expect(embedder().embed(request('x', { models: ['nope-1'] }))).rejects.toMatchObject({ code: 'SPACE_UNKNOWN' });
  service.faults.push({ kind: 'status', status: 401, code: 'invalid_api_key' });
  await expect(embedder().embed(request())).rejects.toMatchObject({ code: 'INFERENCE_DENIED', exitCode: 2 });
});

test('an abort ends the wait with its reason', async () => {
  service.faults.push({ kind: 'hang' });
  const controller = new AbortController();
  const waiting = embedder().embed(request('sound', { signal: controller.signal }));
  setTimeout(() => controller.abort(new Error('stop now')), 20);
  await expect(waiting).rejects.toThrow('stop now');
});

test('info names the spaces served', async () => {
  expect((await embedder().info()).spaces.map(({ id }) => id)).toEqual(['spectral-1', 'melody-1']);
});

test('words give a vector with its fingerprint, or the reason of the service', async () => {
  const words = { text: 'sound', model: 'melody-1' };
  const outcome = await embedder().embedText(words);
  if (outcome.state !== 'embedded') throw new Error(outcome.message);
  expect(outcome.fingerprint).toBe('0123456789ab');
  expect(Math.hypot(...outcome.vector)).toBeCloseTo(1, 5);
  const refused = await embedder().embedText({ ...words, model: 'spectral-1' });
  expect(refused).toMatchObject({ state: 'poison', code: 'model_does_not_embed_text' });
  await expect(embedder().embedText({ ...words, model: 'none-1' })).rejects.toMatchObject({ code: 'SPACE_UNKNOWN' });
  const gone = embedder({ url: 'http://127.0.0.1:1', retryForMs: 10 }).embedText(words);
  expect(await gone).toMatchObject({ state: 'unavailable', code: 'connection_failed' });
});
