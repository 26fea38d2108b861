// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type ResolvedElasticsearch,
  type RunningObjectStore,
  resolveElasticsearch,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const KEY = 'key-of-elasticsearch';
const missing = whyNoElasticsearch() ?? whyNoVersitygw();
const kick = wavFile(goldenSignal('plucked-notes', RATE, 20_000), RATE);
const other = wavFile(goldenSignal('chirp-noise', RATE, 12_000), RATE);
const page = readFileSync(new URL('../../docs/operators/elasticsearch-endpoints.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'earshot-endpoint-'));

let cluster: ResolvedElasticsearch | undefined;
let store: RunningObjectStore;
let media: Server;
let service: SpawnedService;
/** Why the cluster found here cannot be used, e.g. because it could not reach a service on loopback. */
let unsuited: string | undefined;

const mediaUrl = (): string => `http://127.0.0.1:${(media.address() as AddressInfo).port}`;

async function startMedia(): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/audio/kick.wav') response.end(kick);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function fillStore({ endpoint, region, accessKeyId, secretAccessKey }: RunningObjectStore): Promise<void> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const [Key, Body] of [
    ['queries/kick.wav', kick],
    ['queries/other one.wav', other],
  ] as const)
    await client.send(new PutObjectCommand({ Bucket: 'library', Key, Body }));
  client.destroy();
}

async function startService(): Promise<SpawnedService> {
  const modelsDir = join(folder, 'models');
  const keys = join(folder, 'keys');
  mkdirSync(modelsDir);
  writeTinySpace(modelsDir);
  writeFileSync(keys, `elasticsearch:${createHash('sha256').update(KEY).digest('hex')}:embed\n`);
  const started = await spawnService({
    ...store.env,
    EARSHOT_MODELS_DIR: modelsDir,
    EARSHOT_INFERENCE_KEYS_FILE: keys,
    EARSHOT_FETCH_ALLOW: `s3://library/queries,${mediaUrl()}/audio`,
    EARSHOT_MAX_UPLOAD_BYTES: '200000',
    EARSHOT_MAX_QUEUE_WINDOWS: '16',
    // Every recording is to be embedded, however often it comes.
    EARSHOT_CACHE_BYTES: '0',
    EARSHOT_HOLD_MS: '200',
    // A stopped host is not to be taken for a hung one.
    EARSHOT_BATCH_TIMEOUT_MS: '120000',
  });
  await started.waitUntilReady();
  return started;
}

beforeAll(async () => {
  if (missing) return;
  const resolution = await resolveElasticsearch({ licence: 'trial', isShortLived: true });
  if ('reason' in resolution) {
    unsuited = resolution.reason;
    return;
  }
  cluster = resolution.running;
  if (cluster.origin !== 'home') unsuited = `a ${cluster.origin} Elasticsearch cannot reach a service on loopback`;
  if (unsuited) return;
  [store, media] = await Promise.all([startVersitygw({ buckets: ['library'] }), startMedia()]);
  await fillStore(store);
  service = await startService();
});
afterAll(async () => {
  await service?.stop();
  media?.closeAllConnections();
  media?.close();
  await store?.stop();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  if (unsuited) skip(unsuited);
});

interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of Elasticsearch are looked into by the tests alone
  readonly body: any;
}

async function send(method: string, path: string, body?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${cluster?.url}/${path}`, { method, headers, ...(body ? { body } : {}) });
  const text = await answer.text();
  return { status: answer.status, text, body: JSON.parse(text || '{}') };
}

/** Sends a request of the page as it stands there, with the names of this test. */
function sendDocumented(firstLine: string, replace: (body: string) => string = (body) => body): Promise<Answer> {
  const block = page.split('```\n').find((part) => part.startsWith(`${firstLine}\n`));
  if (block === undefined) throw new Error(`the page has no request ${firstLine}`);
  const [head = '', ...lines] = block.split('\n');
  const [method = '', path = ''] = head.split(' ');
  const body = lines
    .join('\n')
    .replaceAll('spectral-1', 'tiny-1')
    .replaceAll('http://inference:8700', service.url)
    .replaceAll('https://media.example.org', mediaUrl())
    .replaceAll('<key>', KEY);
  return send(method, path.replaceAll('spectral-1', 'tiny-1'), replace(body));
}

const embed = (endpoint: string, input: unknown): Promise<Answer> =>
  send('POST', `_inference/text_embedding/${endpoint}`, JSON.stringify({ input }));

async function embedDirectly(input: readonly string[]): Promise<number[][]> {
  const answer = await fetch(`${service.url}/v1/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny-1', input }),
  });
  const { data } = (await answer.json()) as { data: { embedding: number[] }[] };
  return data.map(({ embedding }) => embedding);
}

const vectorsOf = ({ body }: Answer): number[][] =>
  (body.text_embedding as { embedding: number[] }[]).map(({ embedding }) => embedding);
const rounded = (vectors: readonly number[][]): number[][] => vectors.map((vector) => vector.map(Math.fround));
const dataUri = (bytes: Buffer): string => `data:audio/wav;base64,${bytes.toString('base64')}`;

const ENDPOINTS = [
  ['custom', 'earshot-tiny-1'],
  ['openai', 'earshot-tiny-1-openai'],
  ['hugging_face', 'earshot-tiny-1-tei'],
] as const;

describe.skipIf(missing)(`endpoints of a real Elasticsearch ${missing ?? ''}`, () => {
  test.each([
    ['custom', 'PUT _inference/text_embedding/earshot-spectral-1', 'invalid_api_key'],
    ['openai', 'PUT _inference/text_embedding/earshot-spectral-1-openai', 'The API key is unknown'],
    ['hugging_face', 'PUT _inference/text_embedding/earshot-spectral-1-tei', 'The API key is unknown'],
  ])('%s: with a wrong key none is made, and Elasticsearch says why', async (_name, request, words) => {
    const { status, text } = await sendDocumented(request, (body) => body.replace(KEY, 'wrong'));
    expect([status, text]).toEqual([400, expect.stringContaining(words)]);
  });

  test.each([
    ['custom', 'PUT _inference/text_embedding/earshot-spectral-1'],
    ['openai', 'PUT _inference/text_embedding/earshot-spectral-1-openai'],
    ['hugging_face', 'PUT _inference/text_embedding/earshot-spectral-1-tei'],
  ])('%s: the documented request makes an endpoint that has learnt its dims', async (_name, request) => {
    const { status, text, body } = await sendDocumented(request);
    expect([status, text]).toEqual([200, expect.stringContaining('"dimensions":8')]);
    expect(body.service_settings.similarity).toBe('cosine');
    expect(service.stderr()).toContain('answering a dims probe');
  });

  test.each(ENDPOINTS)(
    '%s: recordings as data, object and address give the vectors of the service',
    async (_name, id) => {
      const input = [
        dataUri(kick),
        's3://library/queries/kick.wav',
        `${mediaUrl()}/audio/kick.wav`,
        's3://library/queries/other one.wav',
      ];
      const answer = await embed(id, input);
      expect([answer.status, answer.body.error]).toEqual([200, undefined]);
      const vectors = rounded(vectorsOf(answer));
      expect(vectors).toEqual(rounded(await embedDirectly(input)));
      expect(vectors[1]).toEqual(vectors[0]);
      expect(vectors[2]).toEqual(vectors[0]);
      expect(vectors[3]).not.toEqual(vectors[0]);
    },
  );

  test('the documented call gives one vector an input', async () => {
    const answer = await sendDocumented('POST _inference/text_embedding/earshot-spectral-1');
    expect(vectorsOf(answer).map((vector) => vector.length)).toEqual([8, 8]);
  });

  test.each([
    ['what is too large', () => dataUri(Buffer.alloc(250_000)), 400, 'audio_too_large', 'larger than 200000 bytes'],
    [
      'an address that is not listed',
      () => `${mediaUrl()}/a.wav`,
      400,
      'url_not_allowed',
      'listed in EARSHOT_FETCH_ALLOW',
    ],
    [
      'an object outside the prefix',
      () => 's3://library/secret',
      400,
      'url_not_allowed',
      'listed in EARSHOT_FETCH_ALLOW',
    ],
    ['an address with nothing behind it', () => `${mediaUrl()}/audio/x`, 422, 'fetch_failed', 'cannot be fetched'],
    ['text', () => 'rain on a roof', 400, 'model_does_not_embed_text', 'embeds audio, not text'],
    ['an image', () => 'data:image/png;base64,AAAA', 400, 'invalid_audio_input', 'not audio'],
  ])('%s is told: code through custom, message through the others', async (_name, input, status, code, words) => {
    const [custom, openai, tei] = await Promise.all(ENDPOINTS.map(([, id]) => embed(id, input())));
    expect([custom?.status, custom?.text]).toEqual([status, expect.stringContaining(code)]);
    expect([openai?.status, openai?.text]).toEqual([status, expect.stringContaining(words)]);
    expect([tei?.status, tei?.text]).toEqual([422, expect.stringContaining(words)]);
  });

  test('semantic_text is filled, and a semantic query by recording finds it', async () => {
    expect((await sendDocumented('PUT sounds')).status).toBe(200);
    expect((await sendDocumented('POST sounds/_doc/kick?refresh=true')).status).toBe(201);
    // Much longer than the pieces that a text would be cut into.
    for (const [id, sound] of [
      ['other', dataUri(other)],
      ['other again', 's3://library/queries/other one.wav'],
    ])
      expect((await send('PUT', `sounds/_doc/${id}?refresh=true`, JSON.stringify({ sound }))).status).toBe(201);
    const { body } = await sendDocumented('POST sounds/_search');
    const hits = body.hits.hits as { _id: string; _score: number }[];
    expect(hits.map(({ _id }) => _id)).toEqual(['kick', expect.stringContaining('other'), expect.any(String)]);
    expect(hits[0]?._score).toBeCloseTo(1, 5);
    // The data: URI went whole: its vector is that of the address.
    expect(hits[1]?._score).toBe(hits[2]?._score);
  });

  test('a full queue is 429 for the caller of Elasticsearch', async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const info = (await (await fetch(`${service.url}/info`, { headers })).json()) as { host: { pid: number } };
    process.kill(info.host.pid, 'SIGSTOP');
    const upload = async (): Promise<number> => {
      const url = `${service.url}/v1/audio/embeddings?model=tiny-1`;
      return (await fetch(url, { method: 'POST', headers, body: new Uint8Array(kick) })).status;
    };
    const uploads = Array.from({ length: 12 }, upload);
    try {
      await new Promise<void>((full) => {
        for (const each of uploads) void each.then((status) => status === 429 && full());
      });
      const { status, text } = await embed('earshot-tiny-1', dataUri(kick));
      expect([status, text]).toEqual([429, expect.stringContaining('queue_full')]);
    } finally {
      process.kill(info.host.pid, 'SIGCONT');
    }
    expect(new Set(await Promise.all(uploads))).toEqual(new Set([200, 429]));
    expect((await embed('earshot-tiny-1', dataUri(kick))).status).toBe(200);
  });
});
