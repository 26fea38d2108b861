// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ListeningProcess, renderWav, startInferenceService, whyNoElasticsearch } from '@earshot/e2e/support';
import type { AudioDocument } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SyncCluster, startSyncCluster } from '../../testing/sync-cluster.ts';

/** A tone as wav; without amplitude, silence. */
const toneWav = (frequencyHz: number, seconds: number, amplitude = 0.5): Buffer =>
  renderWav((second) => Math.sin(2 * Math.PI * frequencyHz * second) * amplitude, seconds, `${frequencyHz} Hz`);

/** Process ids by parent, from /proc. */
function findHost(ancestor: number): number | undefined {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(pid), parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
  const isBelow = (pid: number): boolean => {
    const parent = processes.find((one) => one.pid === pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return processes.find(({ pid, command }) => command.includes('host-main') && isBelow(pid))?.pid;
}

const reason = process.platform === 'linux' ? whyNoElasticsearch() : 'finds the inference process by /proc';

describe.skipIf(reason)(`sync with the real inference service${reason ? ` (${reason})` : ''}`, () => {
  let cluster: SyncCluster;
  let service: ListeningProcess;
  let client: Client;

  beforeAll(async () => {
    [cluster, service] = await Promise.all([startSyncCluster({ prefix: 'real' }), startInferenceService()]);
    ({ client } = cluster);
  });
  afterAll(async () => {
    await service?.stop();
    await cluster?.stop();
  });

  const bench = () => cluster.bench({ EARSHOT_INFERENCE_URL: service.url });

  test('tones are embedded, silence has no vector, damaged and empty files fail with the code of the service', async () => {
    const { put, run, library } = await bench();
    for (let i = 0; i < 3; i++) put(`tone-${i}.wav`, toneWav(220 * (i + 1), 3));
    put('silence.wav', toneWav(220, 3, 0));
    put('random.mp3', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
    put('empty.wav', '');
    const { code, line } = await run();
    expect(code).toBe(3);
    expect(line.counts).toEqual({ listed: 6, indexed: 4, reused: 0, unchanged: 0, skipped: 0, failed: 2, deleted: 0 });
    expect(line.failures.map(({ key, stage }) => `${key} ${stage}`).sort()).toEqual([
      'empty.wav embed',
      'random.mp3 embed',
    ]);
    const index = `earshot-${library}-spectral-1`;
    const { count } = await client.count({ index, query: { exists: { field: 'embedding' } } });
    expect(count).toBe(3);
    const { hits } = await client.search<Record<string, unknown>>({
      index,
      query: { term: { 'audio.key': 'tone-0.wav' } },
    });
    expect(hits.hits[0]?._source).toMatchObject({
      audio: { duration_ms: 3000, sample_rate_hz: 44_100, channels: 1, codec: 'pcm_s16le', status: 'ready' },
    });
    expect((hits.hits[0]?._source?.audio as { peaks?: number[] } | undefined)?.peaks).toHaveLength(800);
  });

  /** Requests for embeddings that the service has answered. */
  async function embeddingsServed(): Promise<number> {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const counted = text.matchAll(/^earshot_inference_requests_total\{.*audio\/embeddings.*\} (\d+)/gm);
    return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  test('a renamed recording is found under its new name without being embedded again, bit for bit', async () => {
    const { put, remove, run, earshot, library, folder } = await bench();
    for (let i = 0; i < 3; i++) put(`tone-${i}.wav`, toneWav(220 * (i + 1), 3));
    await run();
    const index = `earshot-${library}-spectral-1`;
    const vectorsOf = async (key: string) => {
      const { hits } = await client.search<AudioDocument>({
        index,
        _source: ['embedding', 'segments'],
        query: { term: { 'audio.key': key } },
      });
      return hits.hits.map(({ _source }) => _source);
    };
    const [before] = await vectorsOf('tone-1.wav');
    expect(before?.segments?.length).toBeGreaterThan(0);
    const embedded = await embeddingsServed();
    expect(embedded).toBeGreaterThanOrEqual(3);
    remove('tone-1.wav');
    put('renamed/tune.wav', toneWav(440, 3));
    const { code, line } = await run();
    expect([code, line.counts]).toEqual([
      0,
      { listed: 3, indexed: 1, reused: 1, unchanged: 2, skipped: 0, failed: 0, deleted: 1 },
    ]);
    expect(await embeddingsServed()).toBe(embedded);
    expect(await vectorsOf('tone-1.wav')).toEqual([]);
    expect(await vectorsOf('renamed/tune.wav')).toEqual([before]);
    put('query/like.wav', toneWav(440, 3));
    const found = await earshot(['search', '--json', join(folder, 'query/like.wav')]);
    expect(found.json).toMatchObject({
      hits: [{ uri: expect.stringContaining('/renamed/tune.wav'), similarity: expect.closeTo(1, 4) }, {}, {}],
    });
  });

  test('verify proves that stored vectors are what the service says, finds what is wrong and mends it', async () => {
    const { put, remove, run, earshot, library } = await bench();
    for (let i = 0; i < 12; i++) put(`tone-${i}.wav`, toneWav(220 * (i + 1), 3));
    await run();
    const clean = await earshot(['sync', 'verify', '--json']);
    expect([clean.code, clean.json]).toMatchObject([
      0,
      {
        event: 'verify_finished',
        complete: true,
        spaces: [
          { compared: 12, same: 12, vectors: { embedded: 12, identical: 12, min_cosine: 1, max_difference: 0 } },
        ],
      },
    ]);
    const index = `earshot-${library}-spectral-1`;
    const { hits } = await client.search<AudioDocument>({
      index,
      size: 20,
      _source: { exclude_vectors: false },
      version: true,
    });
    const vectorOf = (key: string) => hits.hits.find(({ _source }) => _source?.audio.key === key)?._source?.embedding;
    const write = async (key: string, change: (document: AudioDocument) => object, id?: string) => {
      const hit = hits.hits.find(({ _source }) => _source?.audio.key === key)!;
      const version = { version: hit._version!, version_type: 'external_gte' } as const;
      await client.index({ index, id: id ?? hit._id!, document: change(hit._source!), pipeline: '_none', ...version });
    };
    await write('tone-0.wav', ({ embedding: _none, ...document }) => document);
    await write('tone-1.wav', (document) => ({ ...document, embedding: vectorOf('tone-8.wav') }));
    await write('tone-2.wav', (document) => ({ ...document, audio: { ...document.audio, sha256: '0'.repeat(64) } }));
    await write('tone-3.wav', (document) => ({
      ...document,
      space: { id: 'spectral-1', fingerprint: '000000000000' },
    }));
    await write('tone-4.wav', (document) => document, 'an-odd-id');
    put('tone-5.wav', toneWav(5555, 3));
    put('new.wav', toneWav(3333, 3));
    remove('tone-6.wav');
    const wrong = await earshot(['sync', 'verify', '--json']);
    const told = (wrong.events as { event: string; kind: string; key: string }[])
      .filter(({ event }) => event === 'finding')
      .map(({ kind, key }) => `${kind} ${key}`);
    expect(wrong.code).toBe(3);
    expect(told.sort()).toEqual([
      'content tone-2.wav',
      'drift tone-1.wav',
      'foreign tone-3.wav',
      'missing new.wav',
      'odd tone-4.wav',
      'orphaned tone-6.wav',
      'stale tone-5.wav',
      'vectorless tone-0.wav',
    ]);
    const mended = await earshot(['sync', 'verify', '--repair']);
    expect([mended.code, mended.stdout]).toEqual([0, expect.stringContaining('8 finding(s)')]);
    const sampled = await earshot(['sync', 'verify', '--sample', '3', '--sample-only', '--json']);
    expect([sampled.code, sampled.json]).toMatchObject([
      0,
      { mode: 'sample', spaces: [{ compared: 3, vectors: { embedded: 3 } }] },
    ]);
    const full = await earshot(['sync', 'verify', '--json']);
    expect([full.code, full.json]).toMatchObject([0, { spaces: [{ compared: 12, same: 12 }] }]);
  });

  test('kill -9 of the inference host in the middle of a run loses nothing', async () => {
    const { put, run, library } = await bench();
    const total = 40;
    for (let i = 0; i < total; i++) put(`tone-${i}.wav`, toneWav(100 + 20 * i, 10));
    const running = run();
    const index = `earshot-${library}-spectral-1`;
    for (let count = 0; count < 3; await sleep(30)) {
      await client.indices.refresh({ index });
      ({ count } = await client.count({ index }));
    }
    const host = findHost(service.pid);
    if (!host) throw new Error('no inference host found');
    process.kill(host, 'SIGKILL');
    const { code, line } = await running;
    expect(findHost(service.pid)).not.toBe(host);
    expect([code, line.counts]).toEqual([
      0,
      { listed: total, indexed: total, reused: 0, unchanged: 0, skipped: 0, failed: 0, deleted: 0 },
    ]);
    expect((await client.count({ index })).count).toBe(total);
  });
});
