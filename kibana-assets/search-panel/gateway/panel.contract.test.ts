// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type ListeningProcess,
  makeTempDir,
  type ResolvedElasticsearch,
  runEarshot,
  startElasticsearch,
  startGateway,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import { type AudioDocument, writeAlias } from '@earshot/mappings';
import { encodePitch } from '@earshot/models/melody';
import { loadSpaces } from '@earshot/models/registry';
import { loadConfig } from '@earshot/pipelines/config';
import { Client } from '@elastic/elasticsearch';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorAnswer, SearchAnswer, StatusAnswer, TrackAnswer } from '../contract/answers.ts';
import { createElasticsearchQueryStore } from './adapters/elasticsearch-query-store.ts';
import { type RunningPanel, startPanel } from './start-panel.ts';

const reason = whyNoElasticsearch();
const SPACE = 'spectral-1';
const library = 'panel';
const { card, fingerprint } = loadSpaces().get(SPACE)!;
const BYTES = Buffer.from(Array.from({ length: 10_000 }, (_, i) => i % 251));

/** A unit vector that turns away from the first axis with its number. */
function vectorOf(number: number): number[] {
  const angle = number / 10;
  return Array.from({ length: card.dims }, (_, i) => (i === 0 ? Math.cos(angle) : i === 1 ? Math.sin(angle) : 0));
}

function documentOf(number: number, uri: string, key: string): AudioDocument {
  const id = `track-${number}`;
  return {
    '@timestamp': new Date().toISOString(),
    title: `Track ${number}`,
    audio: {
      id,
      uri,
      key,
      size: BYTES.length,
      sha256: '0'.repeat(64),
      duration_ms: 10_000,
      sample_rate_hz: 44_100,
      channels: 1,
      codec: 'pcm_s16le',
      container: 'wav',
      status: 'ready',
      loudness_dbfs: -20,
    },
    tags: { genre: [number % 2 ? 'folk' : 'rock'] },
    labels: { instrument: number % 2 ? 'reed' : 'organ' },
    space: { id: SPACE, fingerprint },
    embedding: vectorOf(number),
    segments: [
      { start_ms: 0, end_ms: 5000, embedding: vectorOf(number + 20) },
      { start_ms: 2500, end_ms: 7500, embedding: vectorOf(number) },
    ],
    sync: { source: 'default', run: 'run-1', version: 1 },
  };
}

describe.skipIf(reason)(`the gateway on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  let client: Client;
  let panel: ListeningProcess;
  let env: Record<string, string>;
  const source = realpathSync(makeTempDir('panel-source'));
  const outside = join(realpathSync(makeTempDir('panel-outside')), 'secret.wav');

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${panel.url}${path}`, { headers });
  const search = (body: object): Promise<Response> =>
    fetch(`${panel.url}/api/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  /** In this process: another panel over the same cluster with other settings. */
  const openPanel = (settings: Record<string, string>): Promise<RunningPanel> =>
    startPanel(loadConfig({}, { ...env, EARSHOT_PANEL_PORT: '0', ...settings }).config, pino({ level: 'silent' }));
  const codeOf = async (response: Response): Promise<string> => ((await response.json()) as ErrorAnswer).error.code;

  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
    client = new Client({ node: elasticsearch.url });
    env = { ...elasticsearch.env, EARSHOT_LIBRARY: library, EARSHOT_SOURCE: source };
    const applied = await runEarshot(['apply', '--yes'], { env });
    expect(applied.code, applied.stderr).toBe(0);
    writeFileSync(outside, 'secret');
    mkdirSync(join(source, 'a b'));
    writeFileSync(join(source, 'a b', 'tune #1.wav'), BYTES);
    symlinkSync(outside, join(source, 'link.wav'));
    const fileOf = (key: string): string => pathToFileURL(join(source, key)).href;
    const places: [string, string][] = [
      [fileOf('a b/tune #1.wav'), 'a b/tune #1.wav'],
      [pathToFileURL(outside).href, `../${outside.split('/').at(-2)}/secret.wav`],
      [fileOf('link.wav'), 'link.wav'],
      ['s3://other-bucket/tune.wav', 'tune.wav'],
      [fileOf('gone.wav'), 'gone.wav'],
      ...Array.from({ length: 7 }, (_, i): [string, string] => [fileOf(`${i}.wav`), `${i}.wav`]),
    ];
    const index = writeAlias({ library, space: SPACE });
    const operations = places.flatMap(([uri, key], number) => [
      { index: { _index: index, _id: `track-${number}` } },
      documentOf(number, uri, key),
    ]);
    const bulk = await client.bulk({ operations, refresh: true });
    expect(JSON.stringify(bulk.items.filter((item) => item.index?.error))).toBe('[]');
    panel = await startGateway({ env: { ...env, EARSHOT_INFERENCE_URL: 'http://127.0.0.1:9' } });
  });
  afterAll(async () => {
    await panel?.stop();
    await client?.close();
    await elasticsearch?.stop();
  });

  it('answers a search by id as earshot search --json does, without vectors', async () => {
    const response = await search({ like: 'track-3', k: 2 });
    expect(response.status).toBe(200);
    const text = await response.text();
    const answer = JSON.parse(text) as SearchAnswer;
    expect(answer.hits.map(({ id, rank }) => [id, rank])).toEqual(
      expect.arrayContaining([
        ['track-2', expect.any(Number)],
        ['track-4', expect.any(Number)],
      ]),
    );
    expect(answer.hits[0]?.similarity).toBeCloseTo(Math.cos(0.1), 4);
    expect(answer.hits[0]?.segment).toEqual({ start_ms: 2500, end_ms: 7500 });
    expect(answer.request).toMatchObject({ method: 'POST', path: `/earshot-${library}-${SPACE}/_search` });
    const cli = await runEarshot(['search', '--id', 'track-3', '-k', '2', '--json'], { env });
    expect((cli.json as SearchAnswer).hits.map(({ id }) => id)).toEqual(answer.hits.map(({ id }) => id));
    expect(text).not.toMatch(/"query_vector"|"q":\s*\[/);
  });

  it('folds the vector of an exact search out of the request', async () => {
    const answer = (await (await search({ like: 'track-3', exact: true, k: 2 })).json()) as SearchAnswer;
    expect(answer.hits).toHaveLength(2);
    expect(JSON.stringify(answer.request)).toContain('<vector>');
  });

  it('narrows the search itself by facets', async () => {
    const answer = (await (
      await search({ like: 'track-3', k: 5, filters: { genre: ['rock'], instrument: ['organ'] } })
    ).json()) as SearchAnswer;
    expect(answer.hits).toHaveLength(5);
    expect(answer.hits.every(({ labels }) => labels.instrument === 'organ')).toBe(true);
  });

  it('tells how each part is, and what the library holds', async () => {
    const status = (await (await get('/api/status')).json()) as StatusAnswer;
    expect(status.elasticsearch).toEqual({ ok: true, reason: elasticsearch.version });
    expect(status.inference.ok).toBe(false);
    expect(status.capabilities.upload.ok).toBe(false);
    expect(status.capabilities.text.ok).toBe(false);
    expect(status.spaces).toMatchObject([{ id: SPACE, ok: true, documents: 12 }]);
    const facets = await (await get('/api/facets')).json();
    expect(facets).toMatchObject({
      facets: expect.arrayContaining([
        {
          key: 'instrument',
          values: [
            { value: 'organ', count: 6 },
            { value: 'reed', count: 6 },
          ],
        },
      ]),
    });
  });

  it('gives a document with its spans and without vectors', async () => {
    const track = (await (await get('/api/tracks/track-3')).json()) as TrackAnswer;
    expect(track.segments).toEqual([
      { start_ms: 0, end_ms: 5000 },
      { start_ms: 2500, end_ms: 7500 },
    ]);
    expect(JSON.stringify(track)).not.toContain('embedding');
  });

  it.each([
    ['bytes=100-199', 100, 199],
    ['bytes=9990-', 9990, 9999],
    ['bytes=-10', 9990, 9999],
  ])('serves a range of the audio: %s', async (range, start, end) => {
    const response = await get('/api/audio/track-0', { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/10000`);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(start, end + 1))).toBe(true);
  });

  it('serves the whole file by id and by indexed address, and refuses a range outside of it', async () => {
    const uri = pathToFileURL(join(source, 'a b', 'tune #1.wav')).href;
    const whole = await get(`/api/audio?uri=${encodeURIComponent(uri)}`);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-length')).toBe('10000');
    expect(Buffer.from(await whole.arrayBuffer()).equals(BYTES)).toBe(true);
    const outsideRange = await get('/api/audio/track-0', { range: 'bytes=20000-' });
    expect(outsideRange.status).toBe(416);
    expect(outsideRange.headers.get('content-range')).toBe('bytes */10000');
  });

  it.each([
    ['a key that leads out of the source', '/api/audio/track-1', 403],
    ['a link that leads out of the source', '/api/audio/track-2', 404],
    ['an address in another store', '/api/audio/track-3', 403],
    ['a file that is gone', '/api/audio/track-4', 404],
    ['an address that no document names', '/api/audio?uri=file%3A%2F%2F%2Fetc%2Fpasswd', 404],
    ['a path instead of an id', '/api/audio/..%2F..%2Fetc%2Fpasswd', 404],
  ])('does not serve %s', async (_name, path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('secret\n');
  });

  it.skipIf(whyNoVersitygw())(`serves ranges out of a bucket ${whyNoVersitygw() ?? ''}`, async () => {
    const store = await startVersitygw({ buckets: ['other-bucket'] });
    const s3 = await openPanel({ ...store.env, EARSHOT_SOURCE: 's3://other-bucket' });
    try {
      const { endpoint, region, accessKeyId, secretAccessKey } = store;
      const credentials = { accessKeyId, secretAccessKey };
      const bucket = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      await bucket.send(new PutObjectCommand({ Bucket: 'other-bucket', Key: 'tune.wav', Body: BYTES }));
      bucket.destroy();
      const response = await fetch(`${s3.url}/api/audio/track-3`, { headers: { range: 'bytes=5-9' } });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe('bytes 5-9/10000');
      expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(5, 10))).toBe(true);
      expect((await fetch(`${s3.url}/api/audio/track-0`)).status).toBe(403);
    } finally {
      await s3.stop();
      await store.stop();
    }
  });

  it('names what is wrong with a request', async () => {
    const response = await search({ like: 'track-3', k: 0, colour: 'red' });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as ErrorAnswer;
    expect(error.code).toBe('PANEL_REQUEST_INVALID');
    expect(error.message).toContain('k:');
    expect(error.message).toContain('colour');
    expect(await codeOf(await search({ like: 'no-such-track' }))).toBe('DOCUMENT_NOT_FOUND');
    expect(await codeOf(await search({ like: 'q:no-such-query' }))).toBe('PANEL_QUERY_EXPIRED');
    expect(await codeOf(await search({ like: 'track-3', space: 'unknown-9' }))).toBe('SPACE_UNKNOWN');
    expect(await codeOf(await get('/api/nothing'))).toBe('PANEL_ROUTE_UNKNOWN');
  });

  it('keeps other sites from sending searches', async () => {
    const response = await fetch(`${panel.url}/api/search`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(response.status).toBe(403);
  });

  it('sends the security headers with every answer', async () => {
    const { headers } = await get('/api/status');
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(headers.get('permissions-policy')).toBe('microphone=(self)');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('searches by a stored query; its request looks the vector up and runs as it stands', async () => {
    const queries = createElasticsearchQueryStore({ client, library, keepForMs: 60_000 });
    const vector = Float32Array.from(vectorOf(5));
    const took = { decode: 1, embed: 1 };
    const embedded = { vector, fingerprint, durationMs: 4000, peaks: [1, 2], took };
    const queryId = await queries.save({ title: 'hum.wav', space: SPACE, embedded });
    const answer = (await (await search({ like: `q:${queryId}`, k: 3 })).json()) as SearchAnswer;
    expect(answer.hits[0]?.id).toBe('track-5');
    expect(answer.queryId).toBe(queryId);
    const { method, path, body } = answer.request;
    expect(JSON.stringify(body)).toContain(`"id":"${queryId}"`);
    const replay = await client.transport.request<{ hits: { hits: { _id: string }[] } }>({
      method,
      path,
      body: body as object,
    });
    expect(replay.hits.hits.map(({ _id }) => _id)).toEqual(answer.hits.map(({ id }) => id));
    expect(await (await get(`/api/queries/${queryId}`)).json()).toMatchObject({
      title: 'hum.wav',
      duration_ms: 4000,
      peaks: [1, 2],
      space: { id: SPACE, fingerprint },
    });
  });

  it('searches by a tune, says what was heard, and finds the same again by the stored query', async () => {
    const models = realpathSync(makeTempDir('panel-tunes'));
    const tunes = 'tune-1';
    const melody = {
      frames: { tensor: 'frames', perWindow: 320, channels: 6, hopSamples: 256 },
      encoder: {
        graph: { file: 'tune-1.encoder.onnx', sha256: 'd'.repeat(64), precision: 'fp32' },
        input: 'contour',
        points: 128,
      },
      index: { durationsMs: [2816], startStepMs: 400, maxSegments: 16 },
      query: { prefixes: [1, 0.6], maxSeconds: 30 },
    };
    const input = { ...card.input, sampleRateHz: 8000, windowSamples: 81_920, hopSamples: 73_728, padding: 'zero' };
    const tuneCard = { ...card, id: tunes, model: 'tune', hasTrackVector: false, input, melody };
    writeFileSync(join(models, 'tune-1.json'), JSON.stringify(tuneCard));
    const { fingerprint: made } = loadSpaces(models).get(tunes)!;
    const pitch = Float32Array.from({ length: 100 }, (_, i) => 60 + (Math.floor(i / 10) % 4) * 2);
    const heard = { duration_s: 3.2, voiced_share: 1, notes: 10, range_semitones: 6, stable_share: 0.8 };
    const whole = Buffer.from(Float32Array.from(vectorOf(5)).buffer).toString('base64');
    const result = {
      ...{ model: tunes, fingerprint: made, dims: card.dims, duration_ms: 3200, silent: false, status: 'ready' },
      embedding: whole,
      segments: [3200, 1920].map((end_ms) => ({ start_ms: 0, end_ms, embedding: whole })),
      decode: { peaks: [1, 2] },
      outputs: { melody: { source: 'monophonic', hop_ms: 32, pitch: [...pitch], heard, reason: null } },
      timing: { queue_ms: 0, decode_ms: 1, infer_ms: 1 },
    };
    const service = createServer((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const settings = {
      EARSHOT_MODELS_DIR: models,
      EARSHOT_SPACE: tunes,
      EARSHOT_INFERENCE_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    };
    const applied = await runEarshot(['apply', '--yes'], { env: { ...env, ...settings } });
    expect(applied.code, applied.stderr).toBe(0);
    const operations = [4, 5, 6].flatMap((number) => {
      const { embedding: _, segments: __, ...document } = documentOf(number, `file:///${number}.wav`, `${number}.wav`);
      const song = {
        ...document,
        space: { id: tunes, fingerprint: made },
        segments: [{ start_ms: 0, end_ms: 3200, embedding: vectorOf(number) }],
        melody: { pitch: encodePitch(number === 6 ? pitch.toReversed() : pitch), hop_ms: 32 },
      };
      return [{ index: { _index: writeAlias({ library, space: tunes }), _id: `track-${number}` } }, song];
    });
    const bulk = await client.bulk({ operations, refresh: true });
    expect(JSON.stringify(bulk.items.filter((item) => item.index?.error))).toBe('[]');
    const tuned = await openPanel(settings);
    try {
      const form = new FormData();
      form.set('file', new Blob([BYTES]), 'hum.wav');
      form.set('k', '3');
      const uploaded = await fetch(`${tuned.url}/api/search`, { method: 'POST', body: form });
      const answer = (await uploaded.json()) as SearchAnswer;
      expect(answer).toMatchObject({
        weak_match: false,
        weak_match_reason: null,
        melody: { source: 'monophonic', hop_ms: 32, heard },
        hits: [
          { id: 'track-5', segment: { start_ms: 0, end_ms: 3200 }, melody: { distance: expect.closeTo(0, 1) } },
          {},
          {},
        ],
      });
      expect(JSON.stringify(answer.request)).toContain(`"path":"embedding.${tunes}"`);
      const again = await fetch(`${tuned.url}/api/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ like: `q:${answer.queryId}`, k: 3 }),
      });
      const { hits, melody: stored } = (await again.json()) as SearchAnswer;
      expect([hits, stored]).toEqual([answer.hits, answer.melody]);
      expect(await (await fetch(`${tuned.url}/api/tracks/track-5`)).json()).toMatchObject({ id: 'track-5' });
    } finally {
      await tuned.stop();
      service.close();
    }
  });

  it('searches with words in a space that embeds them, and says which do', async () => {
    const models = realpathSync(makeTempDir('panel-models'));
    const words = 'words-1';
    const text = {
      graph: { file: 'words-1.text.onnx', sha256: 'b'.repeat(64), precision: 'fp32' },
      input: { ids: 'input_ids', mask: null },
      output: { tensor: 'y', normalised: true },
      tokenizer: { file: 'words-1.tokenizer', sha256: 'c'.repeat(64), padToken: '<pad>' },
      maxTokens: 77,
      golden: [{ text: 'a', embedding: [1], minCosine: 0.9 }],
    };
    const wordsCard = { ...card, id: words, model: 'words', acceptsText: true, text };
    writeFileSync(join(models, 'words-1.json'), JSON.stringify(wordsCard));
    const { fingerprint: made } = loadSpaces(models).get(words)!;
    // Every text sounds like track 5.
    const service = createServer((request, response) => {
      const embedding = Buffer.from(Float32Array.from(vectorOf(5)).buffer).toString('base64');
      const info = {
        version: '0',
        ep: { live: 'cpu', tried: [] },
        spaces: [{ id: words, fingerprint: made, accepts_text: true }],
      };
      const answer = request.url === '/info' ? info : { model: words, fingerprint: made, data: [{ embedding }] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const settings = {
      EARSHOT_MODELS_DIR: models,
      EARSHOT_SPACE: `${words},${SPACE}`,
      EARSHOT_INFERENCE_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    };
    const applied = await runEarshot(['apply', '--yes'], { env: { ...env, ...settings } });
    expect(applied.code, applied.stderr).toBe(0);
    const operations = [4, 5, 6].flatMap((number) => [
      { index: { _index: writeAlias({ library, space: words }), _id: `track-${number}` } },
      { ...documentOf(number, `file:///${number}.wav`, `${number}.wav`), space: { id: words, fingerprint: made } },
    ]);
    await client.bulk({ operations, refresh: true });
    const reading = await openPanel(settings);
    const ask = (body: object): Promise<Response> =>
      fetch(`${reading.url}/api/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    try {
      const status = (await (await fetch(`${reading.url}/api/status`)).json()) as StatusAnswer;
      expect(status.capabilities.text).toEqual({ ok: true, reason: '' });
      expect(status.spaces.map(({ id, acceptsText }) => [id, acceptsText])).toEqual([
        [words, true],
        [SPACE, false],
      ]);
      const answer = (await (await ask({ text: 'a reed organ', k: 2 })).json()) as SearchAnswer;
      expect(answer.hits[0]?.id).toBe('track-5');
      const again = (await (await ask({ like: `q:${answer.queryId}`, k: 2 })).json()) as SearchAnswer;
      expect(again.hits).toEqual(answer.hits);
      const refused = await ask({ text: 'a reed organ', space: SPACE });
      expect(refused.status).toBe(400);
      expect(((await refused.json()) as ErrorAnswer).error.remedy).toContain(words);
      expect(await codeOf(await ask({ text: 'a', id: 'track-5' }))).toBe('PANEL_REQUEST_INVALID');
    } finally {
      await reading.stop();
      service.close();
    }
  });

  it('removes expired queries and says that they expired', async () => {
    let now = Date.now();
    const queries = createElasticsearchQueryStore({ client, library, keepForMs: 1000, now: () => now });
    const embedded = {
      vector: Float32Array.from(vectorOf(1)),
      fingerprint,
      durationMs: 1,
      peaks: [],
      took: { decode: 0, embed: 0 },
    };
    const queryId = await queries.save({ title: 'x', space: SPACE, embedded });
    now += 2000;
    expect(await queries.find(queryId)).toBeUndefined();
    expect(await queries.removeExpired()).toBe(1);
    expect((await get(`/api/queries/${queryId}`)).status).toBe(404);
  });

  it('turns a request into code without credentials', async () => {
    const source = 'POST /x/_search\n{"size":1}';
    const response = await fetch(`${panel.url}/api/snippet`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ language: 'curl', source }),
    });
    const { code } = (await response.json()) as { code: string };
    expect(code).toContain(`${elasticsearch.url}/x/_search`);
  });

  it('asks for the password when one is set, and listens to others only with one', async () => {
    const guarded = await openPanel({ EARSHOT_PANEL_AUTH: 'ann:p:w' });
    try {
      expect((await fetch(guarded.url)).status).toBe(401);
      const authorization = `Basic ${Buffer.from('ann:p:w').toString('base64')}`;
      expect((await fetch(`${guarded.url}/api/facets`, { headers: { authorization } })).status).toBe(200);
    } finally {
      await guarded.stop();
    }
    const refused = startGateway({ env: { ...env, EARSHOT_PANEL_HOST: '0.0.0.0' } });
    await expect(refused).rejects.toThrow(/EARSHOT_PANEL_AUTH/);
  });
});
