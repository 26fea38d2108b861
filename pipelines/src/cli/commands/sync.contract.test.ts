// SPDX-License-Identifier: Apache-2.0
import { hostname } from 'node:os';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startVersitygw, whyNoElasticsearch, whyNoVersitygw } from '@earshot/e2e/support';
import type { AudioDocument } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createS3Client } from '../../adapters/s3-client.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../../testing/inference-stand-in.ts';
import { servedSpaces } from '../../testing/served-spaces.ts';
import { makeSecondSpace, type SyncBench } from '../../testing/sync-bench.ts';
import { type SyncCluster, startSyncCluster } from '../../testing/sync-cluster.ts';

const skip = whyNoElasticsearch();
const modelsDir = makeSecondSpace();

const spaces = ['spectral-1', 'spectral-2'];

describe.skipIf(skip)(`earshot sync on a real Elasticsearch${skip ? ` (${skip})` : ''}`, () => {
  let cluster: SyncCluster;
  let service: InferenceStandIn;
  let client: Client;

  beforeAll(async () => {
    cluster = await startSyncCluster({ prefix: 'sync', spaces, modelsDir });
    ({ service, client } = cluster);
  });
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    service.faults.length = 0;
    service.requests.length = 0;
  });

  const bench = (env?: Record<string, string>): Promise<SyncBench> => cluster.bench(env);

  async function documents(library: string, space = 'spectral-1') {
    const index = `earshot-${library}-${space}`;
    await client.indices.refresh({ index });
    const { hits } = await client.search<Record<string, unknown>>({
      index,
      size: 100,
      version: true,
      sort: ['audio.key'],
    });
    return hits.hits;
  }

  test('indexes, then does nothing, then follows what changed and what is gone', async () => {
    const { put, remove, run, earshot, library, folder } = await bench();
    for (let i = 0; i < 12; i++) put(`folk/anna/tune ${i}.wav`, `sound ${i}`);
    put('cover.jpg', 'no sound');
    const plan = await earshot(['sync', 'plan', '--json']);
    expect(plan.json).toMatchObject({ complete: true, spaces: [{ new: 12, skipped: 1, gone: 0 }] });
    expect(service.requests).toHaveLength(0);

    const first = await run();
    expect(first.code).toBe(0);
    expect(first.line).toMatchObject({
      event: 'run_finished',
      library,
      space: 'spectral-1',
      source: 'default',
      complete: true,
      counts: { listed: 13, indexed: 12, reused: 0, unchanged: 0, skipped: 1, failed: 0, deleted: 0 },
      skipped_by: { extension: 1 },
      audio_seconds: 24,
    });
    const [hit] = await documents(library);
    const [spectral] = servedSpaces(spaces, modelsDir);
    expect(hit?._id).toMatch(/^[\w-]{43}$/);
    expect(hit?._version).toBe(1);
    expect(hit?._source).toMatchObject({
      title: 'tune 0',
      audio: {
        id: hit?._id,
        uri: `file://${folder}/folk/anna/tune%200.wav`,
        key: 'folk/anna/tune 0.wav',
        size: 7,
        status: 'ready',
      },
      labels: { folder: 'folk/anna' },
      space: { id: 'spectral-1', fingerprint: spectral?.fingerprint },
      sync: { source: 'default', run: first.line.run, version: 1 },
    });
    expect(service.requests[0]?.priority).toBe('bulk');

    service.requests.length = 0;
    const second = await run('--exit-code');
    expect(second.code).toBe(9);
    expect(second.line.counts).toMatchObject({ indexed: 0, unchanged: 12 });
    expect(service.requests).toHaveLength(0);
    expect((await documents(library)).map(({ _version }) => _version)).toEqual(Array(12).fill(1));

    put('folk/anna/tune 3.wav', 'another sound');
    remove('folk/anna/tune 4.wav');
    const third = await run();
    expect(third.code).toBe(0);
    expect(third.line.counts).toMatchObject({ listed: 12, indexed: 1, unchanged: 10, deleted: 1 });
    expect(service.requests).toHaveLength(1);
    const versions = (await documents(library)).map(({ _version }) => _version);
    expect(versions.filter((version) => version === 3)).toHaveLength(1);
    expect(versions).toHaveLength(11);
  });

  test('labels come from a path template', async () => {
    const { put, run, library } = await bench({ EARSHOT_LABELS: '{genre}/{artist}/{title}' });
    put('folk/anna/tune.wav', 'sound');
    expect((await run()).code).toBe(0);
    const [hit] = await documents(library);
    expect(hit?._source).toMatchObject({ labels: { genre: 'folk', artist: 'anna', title: 'tune' } });
  });

  test('what cannot be embedded becomes a dead letter with its reason; silence is no failure', async () => {
    const { put, run, earshot, library } = await bench();
    put('good.wav', 'sound');
    put('silent.wav', 'SILENT');
    put('broken.mp3', 'BROKEN');
    put('text.wav', 'TEXT in disguise');
    put('empty.wav', '');
    put('LICENSE', 'no audio by name nor by content');
    const first = await run();
    expect(first.code).toBe(3);
    expect(first.line.counts).toEqual({
      listed: 6,
      indexed: 2,
      reused: 0,
      unchanged: 0,
      skipped: 1,
      failed: 3,
      deleted: 0,
    });
    expect(first.line.skipped_by).toEqual({ not_audio: 1 });
    expect(first.line.failures.map(({ key, stage, code }) => `${key} ${stage} ${code}`).sort()).toEqual([
      'broken.mp3 embed undecodable_audio',
      'empty.wav embed undecodable_audio',
      'text.wav embed not_audio',
    ]);
    const silent = (await documents(library)).find(
      ({ _source }) => (_source?.audio as { key: string } | undefined)?.key === 'silent.wav',
    );
    expect(silent?._source).toMatchObject({ audio: { status: 'silent', loudness_dbfs: null } });
    expect(silent?._source).not.toHaveProperty('segments');
    const { count } = await client.count({
      index: `earshot-${library}-spectral-1`,
      query: { exists: { field: 'embedding' } },
    });
    expect(count).toBe(1);

    service.requests.length = 0;
    const second = await run();
    expect([second.code, service.requests.length]).toEqual([3, 0]);
    expect(second.line.counts).toMatchObject({ unchanged: 2, skipped: 1, failed: 3 });

    const list = await earshot(['sync', 'failures', 'list', '--json']);
    const { failures } = list.json as { failures: { id: string; key: string; attempts: number }[] };
    expect(failures.map(({ key }) => key)).toEqual(['broken.mp3', 'empty.wav', 'text.wav']);
    const letter = await client.get({ index: 'earshot-failures', id: `spectral-1:${failures[0]!.id}` });
    expect(letter._source).toMatchObject({
      library,
      sync: { source: 'default', stage: 'embed' },
      error: { code: 'undecodable_audio' },
      retryable: false,
      stale: false,
      attempts: 1,
    });

    const retry = await earshot(['sync', 'failures', 'retry', '--json', '--id', failures[0]!.id]);
    expect([retry.code, service.requests.length]).toEqual([3, 1]);

    put('broken.mp3', 'mended');
    const third = await run();
    expect(third.line.counts).toMatchObject({ indexed: 1, failed: 2 });
    const resolved = await client.get<{ resolved_at?: string }>({
      index: 'earshot-failures',
      id: `spectral-1:${failures[0]!.id}`,
    });
    expect(resolved._source?.resolved_at).toBeTruthy();
  });

  test('a changed recording that fails keeps its old document and is called stale', async () => {
    const { put, run, library } = await bench();
    put('one.wav', 'sound');
    await run();
    put('one.wav', 'BROKEN now');
    const broken = await run();
    expect(broken.code).toBe(3);
    expect(await documents(library)).toHaveLength(1);
    const { id } = broken.line.failures[0]!;
    expect((await client.get({ index: 'earshot-failures', id: `spectral-1:${id}` }))._source).toMatchObject({
      stale: true,
    });
  });

  test('the guards refuse an empty source and a large loss, and say how to insist', async () => {
    const { put, remove, run, library } = await bench();
    for (let i = 0; i < 12; i++) put(`${i}.wav`, `sound ${i}`);
    await run();
    for (let i = 0; i < 6; i++) remove(`${i}.wav`);
    put('new.wav', 'new sound');
    const refused = await run();
    expect(refused.code).toBe(4);
    expect(refused.events).toContainEqual(expect.objectContaining({ event: 'guard_refused' }));
    expect(refused.line.counts).toMatchObject({ indexed: 1, deleted: 0 });
    expect(await documents(library)).toHaveLength(13);
    const limited = await run('--limit', '2');
    expect([limited.code, limited.line.complete, limited.line.counts.deleted]).toEqual([0, false, 0]);
    expect((await run('--force-delete')).line.counts.deleted).toBe(6);
    for (let i = 6; i < 12; i++) remove(`${i}.wav`);
    remove('new.wav');
    expect((await run('--force-delete')).code).toBe(4);
    expect(await documents(library)).toHaveLength(7);
  });

  test('another root under the same source is refused unless it is said to have moved', async () => {
    const { put, run, earshot } = await bench();
    const other = await bench();
    put('one.wav', 'sound');
    other.put('one.wav', 'sound');
    await run();
    const env = { EARSHOT_SOURCE: other.folder };
    const refused = await earshot(['sync', 'run', '--json'], { env });
    expect([refused.code, refused.json]).toEqual([4, { error: expect.objectContaining({ code: 'SOURCE_MOVED' }) }]);
    expect((await earshot(['sync', 'run', '--json', '--source-moved'], { env })).code).toBe(0);
    expect((await earshot(['sync', 'run', '--json'], { env })).code).toBe(0);
  });

  test('a lease that another host holds is respected; one of a dead process of this host is taken over', async () => {
    const { put, run, library } = await bench();
    put('one.wav', 'sound');
    const { line } = await run();
    const id = `sync:${library}:spectral-1:default`;
    const lease = (await client.get<Record<string, unknown>>({ index: 'earshot-control', id }))._source!;
    expect(lease).toMatchObject({ state: 'released', run_seq: 1 });
    const holdBy = (owner: string) => {
      const holder = { shard: 1, owner, run_id: line.run, run_seq: 1, ttl_ms: 60_000, beats: 0 };
      const holders = [{ ...holder, renewed_at: new Date().toISOString() }];
      return client.index({ index: 'earshot-control', id, document: { ...lease, state: 'held', holders } });
    };
    await holdBy('someone@elsewhere:1');
    expect((await run()).code).toBe(6);
    await holdBy(`x@${hostname()}:4194304`);
    expect((await run()).code).toBe(0);
    const old = await client.get({ index: 'earshot-runs', id: `${line.run}:spectral-1` });
    expect(old._source).toMatchObject({ state: 'interrupted' });
  });

  test('another fingerprint stops the run before any write, a missing index before any request', async () => {
    const { put, run, earshot, library } = await bench();
    put('one.wav', 'sound');
    const [spectral] = service.spaces;
    const { fingerprint } = spectral!;
    spectral!.fingerprint = 'ffffffffffff';
    try {
      const refused = await earshot(['sync', 'run', '--json']);
      expect([refused.code, refused.json]).toEqual([
        4,
        { error: expect.objectContaining({ code: 'FINGERPRINT_MISMATCH' }) },
      ]);
    } finally {
      spectral!.fingerprint = fingerprint;
    }
    expect(await documents(library)).toHaveLength(0);
    const missing = await earshot(['sync', 'run', '--json'], { env: { EARSHOT_LIBRARY: 'nowhere' } });
    expect(missing.json).toMatchObject({
      error: { code: 'INDEX_MISSING', remedy: expect.stringContaining('earshot apply') },
    });
    expect(service.requests).toHaveLength(0);
    expect((await run()).code).toBe(0);
  });

  test('overload, resets and restarts of the service lose nothing', async () => {
    const { put, run, library } = await bench();
    for (let i = 0; i < 30; i++) put(`${i}.wav`, `sound ${i}`);
    for (let i = 0; i < 8; i++)
      service.faults.push(
        { kind: 'status', status: 429, code: 'queue_full', retryAfter: '0' },
        { kind: 'reset' },
        { kind: 'answer' },
        { kind: 'status', status: 503, code: 'not_ready' },
      );
    const { code, line } = await run();
    expect([code, line.counts.indexed]).toEqual([0, 30]);
    expect(await documents(library)).toHaveLength(30);
  });

  test('a service that is down is exit 5', async () => {
    const { put, earshot } = await bench();
    put('one.wav', 'sound');
    const down = await earshot(['sync', 'run', '--json'], { env: { EARSHOT_INFERENCE_URL: 'http://127.0.0.1:9' } });
    expect([down.code, down.json]).toEqual([5, { error: expect.objectContaining({ code: 'INFERENCE_UNAVAILABLE' }) }]);
  });

  test('an interrupt drains and ends with 130; the next run finishes the rest', async () => {
    // Several times as many as are under way at once.
    const COUNT = 120;
    const { put, run, earshot, library } = await bench();
    for (let i = 0; i < COUNT; i++) put(`${i}.wav`, `sound ${i}`);
    for (let i = 0; i < COUNT; i++) service.faults.push({ kind: 'delay', ms: 1000 });
    const stop = new AbortController();
    const running = earshot(['sync', 'run', '--json'], { signal: stop.signal });
    while (service.requests.length < 6) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    const interrupted = await running;
    expect(interrupted.code).toBe(130);
    const { counts } = interrupted.json as { counts: { listed: number; indexed: number } };
    expect(counts.indexed).toBeGreaterThan(0);
    expect(counts.indexed).toBeLessThan(COUNT);
    expect(await documents(library)).toHaveLength(counts.indexed);
    service.faults.length = 0;
    const rest = await run();
    expect(rest.line.counts).toMatchObject({
      listed: COUNT,
      indexed: COUNT - counts.indexed,
      unchanged: counts.indexed,
    });
  });

  test('several spaces share one fetch and one request; each has its own line', async () => {
    const { put, run, library } = await bench({ EARSHOT_SPACE: 'spectral-1,spectral-2' });
    put('one.wav', 'sound');
    put('broken.wav', 'BROKEN');
    const { code, line, events } = await run();
    expect(code).toBe(3);
    expect(line).toMatchObject({ space: 'spectral-1,spectral-2', counts: { listed: 4, indexed: 2, failed: 2 } });
    const spaces = events.filter((event) => (event as { event: string }).event === 'space_finished');
    expect(spaces).toMatchObject([
      { space: 'spectral-1', counts: { listed: 2, indexed: 1, failed: 1 } },
      { space: 'spectral-2', counts: { listed: 2, indexed: 1, failed: 1 } },
    ]);
    expect(service.requests.filter(({ bytes }) => bytes === 5)).toHaveLength(1);
    expect(await documents(library, 'spectral-2')).toHaveLength(1);
  });

  /** Vectors as Elasticsearch holds them, by key. */
  async function vectors(library: string, space = 'spectral-1') {
    const index = `earshot-${library}-${space}`;
    await client.indices.refresh({ index });
    const _source = ['audio', 'embedding', 'segments', 'title', 'labels'];
    const { hits } = await client.search<AudioDocument>({ index, size: 100, _source, sort: ['audio.key'] });
    return new Map(hits.hits.map((hit) => [hit._source!.audio.key, hit._source!]));
  }

  test('copied and moved recordings take the vectors that are there, bit for bit; --force does not', async () => {
    const { put, remove, run, earshot, library } = await bench();
    for (const key of ['a.wav', 'a copy.wav', 'a copy 2.wav']) put(key, 'sound a');
    put('b.wav', 'sound b');
    put('quiet.wav', 'SILENT');
    const first = await run();
    expect(first.line.counts).toMatchObject({ listed: 5, indexed: 5, reused: 2 });
    expect(service.requests).toHaveLength(3);
    const before = await vectors(library);
    expect(before.get('a copy.wav')?.embedding).toEqual(before.get('a.wav')?.embedding);

    service.requests.length = 0;
    remove('b.wav');
    remove('quiet.wav');
    put('moved/z.wav', 'sound b');
    put('moved/quiet.wav', 'SILENT');
    put('a.wav', 'sound a');
    // The estimate comes from the runs that searches see.
    await client.indices.refresh({ index: 'earshot-runs' });
    const plan = await earshot(['sync', 'plan', '--json']);
    expect(plan.json).toMatchObject({
      spaces: [
        { new: 2, changed: 1, unchanged: 2, gone: 2, audio_hours: expect.any(Number), work_hours: expect.any(Number) },
      ],
    });
    const table = await earshot(['sync', 'plan']);
    expect(table.stdout).toContain('2 gone, deletes allowed\n  - b.wav\n  - quiet.wav');
    const second = await run();
    expect(second.line.counts).toMatchObject({ listed: 5, indexed: 3, reused: 3, unchanged: 2, deleted: 2 });
    expect(service.requests).toHaveLength(0);
    const after = await vectors(library);
    const moved = after.get('moved/z.wav');
    expect(moved).toMatchObject({ title: 'z', labels: { folder: 'moved' }, audio: { peaks: [0, 64, 127] } });
    expect(moved?.embedding).toEqual(before.get('b.wav')?.embedding);
    expect(moved?.segments).toEqual(before.get('b.wav')?.segments);
    expect(moved?.embedding).toHaveLength(servedSpaces(spaces, modelsDir)[0]!.dims);
    expect(after.get('moved/quiet.wav')?.audio.status).toBe('silent');

    const forced = await run('--force');
    expect(forced.line.counts).toMatchObject({ indexed: 5, reused: 0 });
    expect(service.requests).toHaveLength(5);
  });

  test('only the spaces that lack a recording embed it, and a document with odd vectors is not relied on', async () => {
    const { put, remove, run, earshot, library } = await bench({ EARSHOT_SPACE: 'spectral-1,spectral-2' });
    put('a.wav', 'sound a');
    put('b.wav', 'sound b');
    await earshot(['sync', 'run', '--json'], { env: { EARSHOT_SPACE: 'spectral-1' } });
    const b = (await vectors(library)).get('b.wav')!;
    const { embedding: _none, ...vectorless } = b;
    const index = `earshot-${library}-spectral-1`;
    await client.index({
      index,
      id: b.audio.id,
      document: vectorless,
      version: 1,
      version_type: 'external_gte',
      pipeline: '_none',
    });
    service.requests.length = 0;
    for (const name of ['a', 'b']) {
      remove(`${name}.wav`);
      put(`new ${name}.wav`, `sound ${name}`);
    }
    const { line } = await run();
    expect(line.counts).toMatchObject({ indexed: 4, reused: 1 });
    const models = service.requests.map(({ url }) => new URL(url, 'http://x').searchParams.getAll('model').join());
    expect(models.sort()).toEqual(['spectral-1,spectral-2', 'spectral-2']);
    expect((await vectors(library)).get('new b.wav')?.embedding).toBeDefined();
  });

  test('verify finds what a run would not see, and repairs within the guards only', async () => {
    const { put, remove, earshot, run, library } = await bench();
    for (let i = 0; i < 12; i++) put(`${i}.wav`, `sound ${i}`);
    put('broken.wav', 'BROKEN');
    await run();
    for (let i = 0; i < 6; i++) remove(`${i}.wav`);
    put('new.wav', 'new sound');
    const found = await earshot(['sync', 'verify', '--json', '--sample', '0']);
    const findings = { missing: 1, stale: 0, orphaned: 6, drift: 0 };
    expect([found.code, found.json]).toMatchObject([3, { spaces: [{ known_failures: 1, findings }], repaired: false }]);
    const refused = await earshot(['sync', 'verify', '--json', '--repair']);
    expect([refused.code, refused.json]).toMatchObject([
      4,
      { repaired: true, left: null, spaces: [{ vectors: { identical: 6 } }] },
    ]);
    expect(refused.events).toContainEqual(expect.objectContaining({ event: 'run_finished', exit_code: 4 }));
    expect(await documents(library)).toHaveLength(13);
    const mended = await earshot(['sync', 'verify', '--json', '--repair', '--force-delete']);
    expect([mended.code, mended.json]).toMatchObject([
      0,
      { repaired: true, left: 0, spaces: [{ findings: { orphaned: 6 } }] },
    ]);
    expect(await documents(library)).toHaveLength(7);
    const clean = await earshot(['sync', 'verify', '--json']);
    expect(clean.code).toBe(0);
  });

  test('what the ingest pipeline refuses is a dead letter with the reason of the pipeline', async () => {
    const [spectral] = servedSpaces(spaces, modelsDir);
    const odd = await startInferenceStandIn([{ ...spectral!, dims: spectral!.dims + 1 }]);
    try {
      const { put, run, library } = await bench({ EARSHOT_INFERENCE_URL: odd.url });
      put('one.wav', 'sound');
      const { code, line } = await run();
      expect([code, line.counts.failed, line.failures[0]?.stage]).toEqual([3, 1, 'index']);
      expect(await documents(library)).toHaveLength(0);
      const letter = await client.get({ index: 'earshot-failures', id: `spectral-1:${line.failures[0]!.id}` });
      expect(letter._source).toMatchObject({
        library,
        sync: { stage: 'index', run: line.run },
        error: { code: 'pipeline_redirected', message: expect.stringContaining('bytes') },
      });
    } finally {
      await odd.stop();
    }
  });

  test('run documents and the events of the stream say what a run did', async () => {
    const { put, run, library } = await bench();
    put('one.wav', 'sound');
    put('broken.wav', 'BROKEN');
    const { line } = await run();
    const runDocument = await client.get({ index: 'earshot-runs', id: `${line.run}:spectral-1` });
    expect(runDocument._source).toMatchObject({ state: 'completed', library, counts: line.counts, exit_code: 3 });
    await client.indices.refresh({ index: 'logs-earshot.sync-default' });
    const { hits } = await client.search<Record<string, unknown>>({
      index: 'logs-earshot.sync-default',
      query: { term: { 'sync.run': line.run } },
      sort: ['event.action'],
    });
    expect(hits.hits.map(({ _source }) => _source)).toMatchObject([
      {
        event: { action: 'object_failed', outcome: 'failure' },
        audio: { key: 'broken.wav' },
        error: { code: 'undecodable_audio' },
      },
      { event: { action: 'run_finished' }, library, sync: { indexed: 1, failed: 1, listed: 2 }, audio_seconds: 2 },
    ]);
  });

  const noS3 = whyNoVersitygw();
  test.skipIf(noS3)(`a bucket is a source like any other${noS3 ? ` (${noS3})` : ''}`, async () => {
    const s3 = await startVersitygw();
    const bucket = createS3Client(s3);
    try {
      await bucket.send(new CreateBucketCommand({ Bucket: 'music' }));
      const put = (key: string, content: string) =>
        bucket.send(new PutObjectCommand({ Bucket: 'music', Key: key, Body: content }));
      for (let i = 0; i < 12; i++) await put(`in/tune +${i} é.wav`, `sound ${i}`);
      await put('outside.wav', 'not below the prefix');
      const { run, library } = await bench({ EARSHOT_SOURCE: 's3://music/in/', ...s3.env });
      expect((await run()).line.counts).toMatchObject({ listed: 12, indexed: 12 });
      const [hit] = await documents(library);
      expect(hit?._source).toMatchObject({
        audio: { uri: 's3://music/in/tune +0 é.wav', bucket: 'music', key: 'in/tune +0 é.wav' },
      });
      service.requests.length = 0;
      expect((await run()).line.counts).toMatchObject({ unchanged: 12 });
      expect(service.requests).toHaveLength(0);
      await bucket.send(new DeleteObjectCommand({ Bucket: 'music', Key: 'in/tune +1 é.wav' }));
      await put('in/tune +2 é.wav', 'other sound');
      expect((await run()).line.counts).toMatchObject({ indexed: 1, unchanged: 10, deleted: 1 });
    } finally {
      bucket.destroy();
      await s3.stop();
    }
  });
});
