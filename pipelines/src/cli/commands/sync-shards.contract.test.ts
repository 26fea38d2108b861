// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import {
  cleanEnvironment,
  type EarshotResult,
  makeTempDir,
  REPOSITORY_ROOT,
  spawnGuarded,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { documentId } from '../../core/sync/document-id.ts';
import type { LeaseDocument } from '../../ports/sync-lease.ts';
import type { InferenceStandIn } from '../../testing/inference-stand-in.ts';
import type { FinishedLine, SyncBench } from '../../testing/sync-bench.ts';
import { type SyncCluster, startSyncCluster } from '../../testing/sync-cluster.ts';

const skip = whyNoElasticsearch();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(skip)(`shards and deletes of earshot sync on a real Elasticsearch${skip ? ` (${skip})` : ''}`, () => {
  let cluster: SyncCluster;
  let service: InferenceStandIn;
  let client: Client;

  beforeAll(async () => {
    cluster = await startSyncCluster({ prefix: 'shards' });
    ({ service, client } = cluster);
  });
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    service.faults.length = 0;
    service.requests.length = 0;
  });

  const bench = (env?: Record<string, string>): Promise<SyncBench> => cluster.bench(env);

  async function documents(library: string) {
    const index = `earshot-${library}-spectral-1-m1-000001`;
    await client.indices.refresh({ index });
    const { hits } = await client.search<{ audio: { key: string; etag: string }; sync: { deleted_at?: string } }>({
      index,
      size: 1000,
      version: true,
      sort: ['audio.key'],
    });
    return hits.hits;
  }

  const leaseId = (library: string) => `sync:${library}:spectral-1:default`;
  async function readLease(library: string): Promise<LeaseDocument> {
    return (await client.get<LeaseDocument>({ index: 'earshot-control', id: leaseId(library) }))._source!;
  }

  const fleet = ({ run }: SyncBench, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => run('--shard', `${i + 1}/${count}`)));
  const sum = (runs: readonly { line: FinishedLine }[], name: keyof FinishedLine['counts']): number =>
    runs.reduce((total, { line }) => total + line.counts[name], 0);

  test('a fleet does every object once, follows changes and deletes, and an undivided run agrees', async () => {
    const one = await bench();
    for (let i = 0; i < 60; i++) one.put(`folk/tune ${i}.wav`, `sound ${i}`);
    const first = await fleet(one, 3);
    expect(first.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect([sum(first, 'listed'), sum(first, 'indexed')]).toEqual([60, 60]);
    for (const { line } of first) expect(line.counts.listed).toBeGreaterThan(0);
    expect(service.requests).toHaveLength(60);
    expect(await readLease(one.library)).toMatchObject({ run_seq: 3, shards: 3, state: 'released', holders: [] });
    await client.indices.refresh({ index: 'earshot-runs' });
    const shards = await client.search<{ shard: string; run_seq: number }>({
      index: 'earshot-runs',
      query: { term: { library: one.library } },
      sort: ['shard'],
    });
    expect(shards.hits.hits.map(({ _source }) => _source?.shard)).toEqual(['1/3', '2/3', '3/3']);
    expect(new Set(shards.hits.hits.map(({ _source }) => _source?.run_seq)).size).toBe(3);

    for (let i = 0; i < 3; i++) one.remove(`folk/tune ${i}.wav`);
    one.put('folk/tune 3.wav', 'another sound');
    const second = await fleet(one, 3);
    expect(second.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect([sum(second, 'indexed'), sum(second, 'unchanged'), sum(second, 'deleted')]).toEqual([1, 56, 3]);

    service.requests.length = 0;
    const whole = await one.run();
    expect(whole.line.counts).toMatchObject({ listed: 57, indexed: 0, unchanged: 57, deleted: 0 });
    expect(service.requests).toHaveLength(0);
    expect((await readLease(one.library)).run_seq).toBe(7);
    expect(await documents(one.library)).toHaveLength(57);
  });

  test('the whole, shards of other divisions and the same shard keep each other out', async () => {
    const one = await bench();
    one.put('one.wav', 'sound');
    expect((await one.run()).code).toBe(0);
    const lease = await readLease(one.library);
    const holder = { shard: 1, owner: 'someone@elsewhere:1', run_id: 'r', run_seq: 1, ttl_ms: 60_000, beats: 0 };
    const holders = [{ ...holder, renewed_at: new Date().toISOString() }];
    const document = { ...lease, state: 'held', shards: 4, holders };
    await client.index({ index: 'earshot-control', id: leaseId(one.library), document });
    const outcomes = await Promise.all([one.run(), one.run('--shard', '1/2'), one.run('--shard', '1/4')]);
    expect(outcomes.map(({ code }) => code)).toEqual([6, 6, 6]);
    const texts = outcomes.map(({ json }) => (json as { error: { message: string } }).error.message);
    for (const text of texts) expect(text).toContain('shard 1/4 of source default');
    expect(texts[0]).toContain('this run wants all');
    const status = await one.earshot(['sync', 'status']);
    expect(status.stdout).toContain('shard 1/4 is under way (r of someone@elsewhere:1');
    expect((await one.run('--shard', '2/4')).code).toBe(0);
  });

  test('a shard refuses an empty source and more than its part of what may be deleted', async () => {
    const one = await bench();
    for (let i = 0; i < 40; i++) one.put(`${i}.wav`, `sound ${i}`);
    await one.run();
    for (let i = 1; i < 40; i++) one.remove(`${i}.wav`);
    expect((await one.run('--shard', '1/2')).code).toBe(4);
    one.remove('0.wav');
    expect((await one.run('--shard', '1/2', '--force-delete')).code).toBe(4);
    expect(await documents(one.library)).toHaveLength(40);
  });

  async function strikesOf(library: string): Promise<Record<string, number>> {
    await client.indices.refresh({ index: 'earshot-control' });
    const { hits } = await client.search<{ audio: { key: string }; strikes: number }>({
      index: 'earshot-control',
      query: { bool: { filter: [{ term: { kind: 'sync_strike' } }, { term: { library } }] } },
    });
    return Object.fromEntries(hits.hits.map(({ _source }) => [_source!.audio.key, _source!.strikes]));
  }

  test('with strikes a document goes after as many complete runs without its object, and a return starts anew', async () => {
    const one = await bench({ EARSHOT_DELETE_STRIKES: '2' });
    for (let i = 0; i < 8; i++) one.put(`${i}.wav`, `sound ${i}`);
    await one.run();
    one.remove('0.wav');
    one.remove('1.wav');
    const first = await one.run();
    expect([first.code, first.line.counts.deleted]).toEqual([0, 0]);
    expect(await strikesOf(one.library)).toEqual({ '0.wav': 1, '1.wav': 1 });
    expect((await one.run('--limit', '3')).line.counts.deleted).toBe(0);
    one.put('1.wav', 'sound 1');
    const second = await one.run();
    expect(second.line.counts).toMatchObject({ listed: 7, deleted: 1 });
    expect(await strikesOf(one.library)).toEqual({});
    one.remove('1.wav');
    expect((await one.run()).line.counts.deleted).toBe(0);
    expect(await documents(one.library)).toHaveLength(7);
  });

  test('soft deletes hide documents from every search, keep their vectors, and a return needs no embedding', async () => {
    const one = await bench({ EARSHOT_DELETE_MODE: 'soft' });
    for (let i = 0; i < 12; i++) one.put(`${String(i).padStart(2, '0')}.wav`, `sound ${i}`);
    const refused = await one.run();
    expect([refused.code, refused.json]).toEqual([
      4,
      { error: expect.objectContaining({ code: 'SOFT_DELETES_VISIBLE' }) },
    ]);
    expect((await one.earshot(['apply', '--yes'])).code).toBe(0);
    expect((await one.earshot(['drift', '--detailed-exit-code'])).code).toBe(0);
    await one.run();
    const index = `earshot-${one.library}-spectral-1`;
    const whole = async (id: string) =>
      (await client.get<Record<string, unknown>>({ index: `${index}-write`, id, _source_includes: ['*', 'embedding'] }))
        ._source!;
    const [first, second] = await documents(one.library);
    const before = await whole(first!._id!);
    one.remove('00.wav');
    one.remove('01.wav');
    const gone = await one.run();
    expect(gone.line.counts).toMatchObject({ listed: 10, deleted: 2 });
    expect((await one.run()).line.counts).toMatchObject({ listed: 10, unchanged: 10, deleted: 0 });
    const hidden = await whole(first!._id!);
    expect(hidden).toMatchObject({ sync: { deleted_at: expect.any(String), version: 2 } });
    expect(hidden.embedding).toEqual(before.embedding);
    expect(await documents(one.library)).toHaveLength(12);

    // The filter of the alias comes before the neighbours: k of the living, though the hidden ones lie nearest.
    const knn = { field: 'embedding', query_vector: before.embedding as number[], k: 10, num_candidates: 10 };
    const { hits } = await client.search({ index, size: 10, knn });
    expect(hits.hits).toHaveLength(10);
    expect(hits.hits.map(({ _id }) => _id)).not.toContain(first!._id);
    expect((await client.count({ index })).count).toBe(10);
    const byId = await one.earshot(['search', '--id', first!._id!, '--json']);
    expect(byId.json).toMatchObject({ error: { code: 'DOCUMENT_NOT_FOUND' } });

    service.requests.length = 0;
    one.put('00.wav', 'sound 0');
    const back = await one.run();
    expect(back.line.counts).toMatchObject({ listed: 11, indexed: 1, unchanged: 10 });
    expect(service.requests).toHaveLength(0);
    const restored = await whole(first!._id!);
    expect(restored.sync).not.toHaveProperty('deleted_at');
    expect(restored.embedding).toEqual(before.embedding);

    expect((await one.earshot(['sync', 'gc', '--json', '--older-than', '0s'])).code).toBe(4);
    const gc = await one.earshot(['sync', 'gc', '--json', '--older-than', '0s', '--yes']);
    expect(gc.json).toMatchObject({ sources: [{ spaces: [{ found: 1, purged: 1, kept: 0, failed: 0 }] }] });
    expect((await documents(one.library)).map(({ _id }) => _id)).not.toContain(second!._id);
  });

  test('what a changed filter leaves out is deleted only when that is asked for', async () => {
    const one = await bench();
    for (let i = 0; i < 8; i++) one.put(`${i}.wav`, `sound ${i}`);
    await one.run();
    // As if an earlier filter had let it through.
    const [first] = await documents(one.library);
    const source = { ...first!._source!, audio: { ...first!._source!.audio, key: 'cover.jpg', status: 'silent' } };
    const { embedding: _vector, segments: _parts, ...document } = source as Record<string, unknown>;
    await client.index({
      index: `earshot-${one.library}-spectral-1-write`,
      id: documentId('default', 'cover.jpg'),
      document,
    });
    one.put('cover.jpg', 'no sound');
    expect((await one.run()).line.counts).toMatchObject({ listed: 9, skipped: 1, deleted: 0 });
    expect(await documents(one.library)).toHaveLength(9);
    expect((await one.run('--prune-filtered')).line.counts).toMatchObject({ skipped: 1, deleted: 1 });
    expect(await documents(one.library)).toHaveLength(8);
  });

  /** A run whose process can be stopped. */
  function startRun({ env }: SyncBench) {
    const main = join(REPOSITORY_ROOT, 'pipelines/src/cli/main.ts');
    const child = spawnGuarded(process.execPath, [main, 'sync', 'run', '--json'], {
      cwd: makeTempDir('paused'),
      env: cleanEnvironment(env),
      stdio: 'ignore',
    });
    return { child, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) };
  }

  test('a run that was paused and replaced cannot overwrite what its successor wrote', async () => {
    const one = await bench({ EARSHOT_LEASE_SECONDS: '3' });
    for (let i = 0; i < 24; i++) one.put(`${String(i).padStart(2, '0')}.wav`, `old sound ${i}`);
    for (let i = 0; i < 24; i++) service.faults.push({ kind: 'delay', ms: 300 });
    const old = startRun(one);
    while (service.requests.length < 8 && old.child.exitCode === null) await pause(20);
    old.child.kill('SIGSTOP');
    service.faults.length = 0;
    for (let i = 0; i < 24; i += 2) one.put(`${String(i).padStart(2, '0')}.wav`, `new sound ${i}, and longer`);
    one.remove('01.wav');
    let taken: EarshotResult & { readonly line: FinishedLine } = await one.run();
    while (taken.code === 6) taken = await one.run();
    expect(taken.code).toBe(0);
    const before = await documents(one.library);
    expect(before).toHaveLength(23);
    old.child.kill('SIGCONT');
    // 5 when the question about its lease had timed out while it slept.
    expect([5, 6]).toContain(await old.ended);
    expect((await documents(one.library)).map(({ _source, _version }) => [_source, _version])).toEqual(
      before.map(({ _source, _version }) => [_source, _version]),
    );
    expect((await one.run()).line.counts).toMatchObject({ listed: 23, unchanged: 23 });
    expect((await readLease(one.library)).run_seq).toBe(3);
  });
});
