// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type EarshotResult,
  type ResolvedElasticsearch,
  runEarshot,
  startElasticsearch,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import { encodeVector } from '@earshot/mappings/search';
import type { Card } from '@earshot/models';
import { loadSpaces } from '@earshot/models/registry';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterCapabilities } from '../../adapters/cluster-capabilities.ts';
import { createSearch } from '../../adapters/create-search.ts';
import { createElasticsearchClient } from '../../adapters/elasticsearch-client.ts';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { EmbeddedRecording } from '../../ports/embedder.ts';
import type { SearchResult } from '../../ports/search.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../../testing/inference-stand-in.ts';
import { writeTestCard } from '../../testing/write-test-card.ts';

const reason = whyNoElasticsearch();
const COUNT = 60;
const SPACES = ['tone-1', 'tone-2'];
const soundOf = (i: number): Buffer => Buffer.from(`sound number ${i}`);
const idOf = (i: number): string => `doc${String(i).padStart(2, '0')}`;
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

const TEXT_PART: NonNullable<Card['text']> = {
  graph: { file: 'tone-2.text.onnx', sha256: 'b'.repeat(64), precision: 'fp32' },
  input: { ids: 'input_ids', mask: null },
  output: { tensor: 'y', normalised: true },
  tokenizer: { file: 'tone-2.tokenizer', sha256: 'c'.repeat(64), padToken: '<pad>' },
  maxTokens: 77,
  golden: [{ text: 'a', embedding: [1, 0, 0, 0, 0, 0, 0, 0], minCosine: 0.9999 }],
};

/** The service is a stand-in that gives every content a vector of its own; Elasticsearch is the real one. */
describe.skipIf(reason)(`earshot search on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  let service: InferenceStandIn;
  let client: Client;
  let folder: string;
  const fingerprints: Record<string, string> = {};
  const vectors = new Map<string, Float32Array>();

  const env = (): Record<string, string> => ({
    ...elasticsearch.env,
    EARSHOT_INFERENCE_URL: service.url,
    EARSHOT_MODELS_DIR: join(folder, 'models'),
    EARSHOT_SPACE: 'tone-1',
  });
  const serveAs = (fingerprint: string): void => {
    for (const space of service.spaces) space.fingerprint = fingerprint;
  };
  const earshot = (...args: string[]): Promise<EarshotResult> => runEarshot(args, { env: env() });
  const json = async (
    ...args: string[]
  ): Promise<{ code: number | null } & SearchResult & { error: { code: string; message: string } }> => {
    const { stdout, code } = await earshot('search', ...args, '--json');
    return { code, ...JSON.parse(stdout) };
  };
  const idsOf = ({ hits }: SearchResult): string[] => hits.map(({ id }) => id);
  const nearest = (query: Float32Array, except: readonly string[] = []): string[] =>
    [...vectors]
      .filter(([id]) => !except.includes(id))
      .sort(([, a], [, b]) => dot(query, b) - dot(query, a))
      .map(([id]) => id);

  const documentOf = (i: number, { space, embedding, segments }: EmbeddedRecording): object => ({
    title: `Sound ${i}`,
    audio: {
      uri: `file:///sounds/${i}.wav`,
      key: `${i}.wav`,
      codec: i % 2 ? 'flac' : 'mp3',
      duration_ms: i * 1000,
      status: 'ready',
    },
    tags: { genre: i % 3 ? 'Folk' : 'Rock' },
    labels: { instrument: i % 5 ? 'organ' : 'harp' },
    space: { id: space, fingerprint: fingerprints[space] },
    embedding: encodeVector(embedding!),
    segments: segments.map((part) => ({
      start_ms: part.startMs,
      end_ms: part.endMs,
      embedding: encodeVector(part.embedding),
    })),
    sync: { source: 'default', run: 'test', version: 1 },
  });

  async function fill(): Promise<void> {
    const embedder = createHttpEmbedder({ url: service.url });
    const operations: object[] = [];
    for (let i = 0; i < COUNT; i++) {
      const open = () => Readable.from(soundOf(i));
      const outcome = await embedder.embed({ open, length: soundOf(i).length, models: SPACES, priority: 'bulk' });
      if (outcome.state !== 'embedded') throw new Error(outcome.message);
      vectors.set(idOf(i), outcome.recordings[0]!.embedding!);
      for (const recording of outcome.recordings)
        operations.push(
          { index: { _index: `earshot-audio-${recording.space}-write`, _id: idOf(i), require_alias: true } },
          documentOf(i, recording),
        );
    }
    const silent = {
      title: 'Nothing',
      audio: { uri: 'file:///n.wav', status: 'silent' },
      space: { id: 'tone-1', fingerprint: fingerprints['tone-1'] },
    };
    operations.push({ index: { _index: 'earshot-audio-tone-1-write', _id: 'silent' } }, silent);
    const { errors, items } = await client.bulk({ operations, refresh: true });
    expect(errors, JSON.stringify(items.find(({ index }) => index?.error))).toBe(false);
    expect(items.filter(({ index }) => index?._index.startsWith('earshot-failures'))).toEqual([]);
  }

  beforeAll(async () => {
    [elasticsearch, service] = await Promise.all([
      startElasticsearch(),
      startInferenceStandIn(SPACES.map((id) => ({ id, fingerprint: '', dims: 8, acceptsText: id === 'tone-2' }))),
    ]);
    client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
    folder = mkdtempSync(join(tmpdir(), 'earshot-search-'));
    for (const i of [0, 1, 7]) writeFileSync(join(folder, `${i}.wav`), soundOf(i));
    writeFileSync(join(folder, 'broken.wav'), 'BROKEN');
    writeFileSync(join(folder, 'silent.wav'), 'SILENT');
    const models = join(folder, 'models');
    mkdirSync(models);
    // The cards differ in their id, which is part of the fingerprint, and one takes words; the stand-in speaks for one at a time.
    fingerprints['tone-1'] = writeTestCard(models, { id: 'tone-1' });
    fingerprints['tone-2'] = writeTestCard(models, { id: 'tone-2', acceptsText: true, text: TEXT_PART });
    serveAs(fingerprints['tone-1']!);
    const applied = await earshot('apply', '--yes', '--space', SPACES.join(','));
    expect(applied.code, applied.stderr).toBe(0);
    await fill();
  });
  afterAll(async () => {
    if (elasticsearch?.origin === 'given') await earshot('destroy', '--owned-only', '--yes');
    await Promise.all([elasticsearch?.stop(), service?.stop()]);
    rmSync(folder, { recursive: true });
  });

  it('finds the very recording first, with its raw similarity, title, labels and best-matching span', async () => {
    const result = await json(join(folder, '7.wav'));
    expect(result.code).toBe(0);
    expect(Object.keys(result)).toEqual(['code', 'space', 'took_ms', 'total', 'hits', 'request']);
    expect(Object.keys(result.took_ms)).toEqual(['decode', 'embed', 'search', 'total']);
    expect(result).toMatchObject({ space: 'tone-1', total: 10 });
    expect(result.hits).toHaveLength(10);
    expect(result.hits[0]).toEqual({
      rank: 1,
      id: idOf(7),
      score: expect.closeTo(1, 5),
      similarity: expect.closeTo(1, 5),
      title: 'Sound 7',
      uri: 'file:///sounds/7.wav',
      labels: { instrument: 'organ' },
      tags: { genre: ['Folk'] },
      segment: { start_ms: 0, end_ms: 2000 },
    });
    expect(idsOf(result)).toEqual(nearest(vectors.get(idOf(7))!).slice(0, 10));
    for (const { id, similarity } of result.hits)
      expect(similarity).toBeCloseTo(dot(vectors.get(idOf(7))!, vectors.get(id)!), 4);
  });

  it('by id leaves the recording itself out, and the exact search agrees with brute force', async () => {
    const expected = nearest(vectors.get(idOf(3))!, [idOf(3)]).slice(0, 5);
    const [approximate, exact] = await Promise.all([
      json('--id', idOf(3), '-k', '5'),
      json('--id', idOf(3), '-k', '5', '--exact'),
    ]);
    expect(idsOf(approximate)).toEqual(expected);
    expect(idsOf(exact)).toEqual(expected);
    expect(JSON.stringify(approximate.request)).toContain('"lookup"');
    expect(JSON.stringify(exact.request)).toContain('script_score');
    for (const [i, hit] of exact.hits.entries()) {
      expect(hit.similarity).toBeCloseTo(approximate.hits[i]!.similarity, 4);
      expect(hit.segment).toEqual({ start_ms: 0, end_ms: 2000 });
    }
  });

  it('the request it prints gives the same hits when sent by hand', async () => {
    const { request, hits } = await json(
      join(folder, '1.wav'),
      '--filter',
      'audio.codec:flac',
      '--filter',
      'genre:folk',
    );
    const answer = await client.transport.request<{ hits: { hits: { _id: string }[] } }>(request);
    expect(answer.hits.hits.map(({ _id }) => _id)).toEqual(hits.map(({ id }) => id));
    const { stdout } = await earshot('search', '--id', idOf(1), '--show-request');
    expect(stdout).toContain('POST /earshot-audio-tone-1/_search\n{');
    expect(stdout).toMatch(/█.*0\.\d{3}.*Sound/);
  });

  it('filters narrow before the search, so k hits remain', async () => {
    const filters = ['labels.instrument:harp', 'audio.duration_ms:>=5000', 'codec:mp3'].flatMap((text) => [
      '--filter',
      text,
    ]);
    const fitting = Array.from({ length: COUNT }, (_, i) => i)
      .filter((i) => i % 5 === 0 && i >= 5 && i % 2 === 0)
      .map(idOf);
    const { hits } = await json('--id', idOf(1), '-k', '5', ...filters);
    expect(hits.map(({ id }) => id)).toEqual(
      nearest(vectors.get(idOf(1))!, [idOf(1)])
        .filter((id) => fitting.includes(id))
        .slice(0, 5),
    );
  });

  it('--segments compares with windows, approximately and exactly alike', async () => {
    const [approximate, exact] = await Promise.all([
      json(join(folder, '0.wav'), '--segments', '-k', '5'),
      json(join(folder, '0.wav'), '--segments', '-k', '5', '--exact'),
    ]);
    expect(JSON.stringify(approximate.request)).toContain('segments.embedding');
    expect(idsOf(approximate)).toEqual(idsOf(exact));
    for (const { segment } of [...approximate.hits, ...exact.hits])
      expect(segment).toEqual({ start_ms: 0, end_ms: 2000 });
  });

  it('--like and --unlike look between examples and return none of them', async () => {
    const result = await json('--like', idOf(1), idOf(2), '--unlike', idOf(3), '-k', '4');
    const [a, b, c] = [1, 2, 3].map((i) => vectors.get(idOf(i))!);
    const query = a!.map((value, i) => (value + b![i]!) / 2 - 0.5 * c![i]!);
    expect(idsOf(result)).toEqual(nearest(query, [1, 2, 3].map(idOf)).slice(0, 4));
  });

  it('--from and --to cut the query before it is embedded, and --explain says what was compared', async () => {
    const before = service.requests.length;
    const result = await json(join(folder, '0.wav'), '--from', '1.5', '--to', '4', '--explain');
    expect(service.requests[before]?.url).toMatch(/offset=1\.5.*duration=2\.5/);
    expect(result.explain).toMatchObject([
      { space: 'tone-1', mode: 'approximate', fingerprint: fingerprints['tone-1'] },
    ]);
    expect(result.explain?.[0]?.vector_operations).toBeGreaterThan(0);
  });

  it('--fuse joins the lists of two spaces by rank', async () => {
    const fused = await json('--id', idOf(4), '--fuse', 'tone-1,tone-2', '-k', '5');
    expect(fused).toMatchObject({ code: 0, space: 'tone-1,tone-2' });
    expect(fused.requests).toHaveLength(2);
    expect(fused.hits.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5]);
    const sums = fused.hits.map((hit) =>
      'spaces' in hit ? Object.values(hit.spaces).reduce((sum, { rank }) => sum + 1 / (60 + rank), 0) : 0,
    );
    for (const [i, hit] of fused.hits.entries()) expect(hit.score).toBeCloseTo(sums[i]!, 10);
  });

  it('--text looks for words where the space takes them, with the request for Dev Tools', async () => {
    serveAs(fingerprints['tone-2']!);
    const words = ['--text', 'sound number 7', '--space', 'tone-2'];
    const result = await json(...words, '-k', '3');
    expect(result).toMatchObject({ code: 0, space: 'tone-2', took_ms: { decode: 0 } });
    expect(result.hits).toHaveLength(3);
    expect(result.hits[0]).toMatchObject({ id: idOf(7), similarity: expect.closeTo(1, 4) });
    const { stdout } = await earshot('search', ...words, '--show-request');
    expect(stdout).toContain('POST /earshot-audio-tone-2/_search\n{');
    const tooMany = await json('--text', 'word '.repeat(100), '--space', 'tone-2');
    expect(tooMany).toMatchObject({ code: 2, error: { code: 'QUERY_INVALID' } });
    expect(tooMany.error.message).toContain('text_too_long');
    serveAs(fingerprints['tone-1']!);
  });

  it('words for a space of sounds are refused with the name of one that takes them, alone and fused', async () => {
    for (const spaces of [[], ['--fuse', 'tone-2,tone-1']]) {
      const { stderr, code } = await earshot('search', '--text', 'a dog', ...spaces);
      expect(code).toBe(2);
      expect(stderr).toContain('tone-1 embeds sound, not words');
      expect(stderr).toContain('--space tone-2');
    }
  });

  it('a cluster without lookup builder and base64 queries gives the same answer by fetching the vector', async () => {
    const capabilities = {
      ...(await clusterCapabilities(client)),
      hasLookupBuilder: false,
      acceptsBase64Queries: false,
    };
    const spaces = loadSpaces(join(folder, 'models'));
    const embedder = createHttpEmbedder({ url: service.url });
    const older = createSearch({ client, capabilities, spaces, embedder });
    const query = { library: 'audio', spaces: ['tone-1'], input: { kind: 'id', id: idOf(3) }, k: 5 } as const;
    const result = await older.search(query);
    expect(idsOf(result)).toEqual(nearest(vectors.get(idOf(3))!, [idOf(3)]).slice(0, 5));
    expect(JSON.stringify(result.request)).toMatch(/"query_vector":\[-?0\.\d/);
    const poor = createSearch({ client, capabilities: { ...capabilities, hasPainless: false }, spaces, embedder });
    await expect(poor.search({ ...query, exact: true })).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
      exitCode: 4,
    });
  });

  it.each([
    ['an id that does not exist', ['--id', 'nowhere'], 2, 'DOCUMENT_NOT_FOUND'],
    ['the id of a silent recording', ['--id', 'silent'], 2, 'DOCUMENT_NOT_FOUND'],
    ['words in a space of sounds', ['--text', 'a dog'], 2, 'QUERY_INVALID'],
    ['no words', ['--text', ' ', '--space', 'tone-2'], 2, 'QUERY_INVALID'],
    ['an unknown filter', ['--id', 'doc01', '--filter', 'embedding:1'], 2, 'QUERY_INVALID'],
    ['more hits than candidates', ['--id', 'doc01', '-k', '20', '--num-candidates', '10'], 2, 'QUERY_INVALID'],
    ['a library without index', ['--id', 'doc01', '--library', 'other'], 2, 'INDEX_MISSING'],
    ['an unknown space', ['--id', 'doc01', '--space', 'none-1'], 2, 'SPACE_UNKNOWN'],
    ['a file that is not there', ['nowhere.wav'], 2, 'QUERY_INVALID'],
    ['nothing to search with', [], 2, 'QUERY_INVALID'],
  ])('%s is refused: %j', async (_name, args, code, errorCode) => {
    expect(await json(...args)).toMatchObject({ code, error: { code: errorCode } });
  });

  it('audio that cannot be used as a query is refused with the reason of the service', async () => {
    for (const name of ['broken.wav', 'silent.wav'])
      expect(await json(join(folder, name))).toMatchObject({ code: 2, error: { code: 'QUERY_AUDIO_UNUSABLE' } });
  });

  it('a service with another fingerprint than the index is refused with exit 4, by search and by doctor', async () => {
    serveAs('ffffffffffff');
    expect(await json(join(folder, '0.wav'))).toMatchObject({ code: 4, error: { code: 'FINGERPRINT_MISMATCH' } });
    const sick = await earshot('doctor');
    expect(sick.code).toBe(4);
    expect(sick.stdout).toContain('served with fingerprint ffffffffffff');
    serveAs(fingerprints['tone-1']!);
  });

  it('doctor finds nothing wrong, one line each, and 5 when the cluster does not answer', async () => {
    const { code, stdout } = await earshot('doctor', '--source', folder, '--json');
    const { healthy, findings } = JSON.parse(stdout);
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(findings.map(({ area, state }: { area: string; state: string }) => `${area} ${state}`)).toEqual([
      'elasticsearch ok',
      'elasticsearch ok',
      'definitions ok',
      'inference ok',
      'inference ok',
      'source ok',
      'kibana info',
    ]);
    const down = await earshot('doctor', '--elasticsearch-url', 'http://127.0.0.1:1');
    expect(down.code).toBe(5);
    expect(down.stdout).toContain('Check ELASTICSEARCH_URL');
  });
});
