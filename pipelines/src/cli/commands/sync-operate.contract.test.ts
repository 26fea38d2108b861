// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { whyNoElasticsearch } from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventProblems } from '../../testing/event-problems.ts';
import { type FollowedEarshot, followEarshot } from '../../testing/follow-earshot.ts';
import type { InferenceStandIn } from '../../testing/inference-stand-in.ts';
import type { SyncBench } from '../../testing/sync-bench.ts';
import { type SyncCluster, startSyncCluster } from '../../testing/sync-cluster.ts';

const skip = whyNoElasticsearch();

describe.skipIf(skip)(`what an operator sees of a run${skip ? ` (${skip})` : ''}`, () => {
  let cluster: SyncCluster;
  let service: InferenceStandIn;
  let client: Client;

  beforeAll(async () => {
    cluster = await startSyncCluster({ prefix: 'operate' });
    ({ service, client } = cluster);
    // Nothing becomes searchable by itself here: a status must not need a second to be right.
    await client.indices.putSettings({ index: 'earshot-runs', settings: { refresh_interval: '-1' } });
  });
  afterAll(() => cluster?.stop());
  beforeEach(() => {
    service.faults.length = 0;
    service.requests.length = 0;
  });

  interface Trial extends SyncBench {
    follow(args: readonly string[]): FollowedEarshot;
    leaseState(): Promise<string | undefined>;
    statusOf(): Promise<{ readonly space: Record<string, unknown>; readonly text: string; readonly next: string[] }>;
  }

  async function trial(): Promise<Trial> {
    const bench = await cluster.bench();
    return {
      ...bench,
      follow: (args) => followEarshot(args, bench.env),
      leaseState: async () => {
        const id = `sync:${bench.library}:spectral-1:default`;
        return (await client.get<{ state: string }>({ index: 'earshot-control', id }))._source?.state;
      },
      statusOf: async () => {
        const [json, people] = await Promise.all([
          bench.earshot(['sync', 'status', '--json']),
          bench.earshot(['sync', 'status']),
        ]);
        const { spaces, next } = json.json as { spaces: Record<string, unknown>[]; next: string[] };
        return { space: spaces[0]!, text: people.stdout, next };
      },
    };
  }

  test('every line of --json fits the published schema; progress, metrics and status tell the same', async () => {
    const { put, remove, run, follow, statusOf } = await trial();
    for (let i = 0; i < 12; i++) put(`old ${i}.wav`, `old ${i}`);
    await run();
    for (let i = 0; i < 7; i++) remove(`old ${i}.wav`);
    for (let i = 0; i < 40; i++) put(`new ${i}.wav`, `new ${i}`);
    put('broken.wav', 'BROKEN');
    put('cover.jpg', 'no sound');
    service.faults.push(
      { kind: 'status', status: 503, code: 'not_ready', retryAfter: '0' },
      ...Array.from({ length: 41 }, () => ({ kind: 'delay', ms: 2500 }) as const),
    );
    const running = follow(['sync', 'run', '--metrics-port', '0']);
    const { url } = await running.event(({ event }) => event === 'metrics_started');
    const progress = await running.event(({ event }) => event === 'progress');
    expect(progress).toMatchObject({ planned: 41, listing: false, in_flight: { objects: expect.any(Number) } });
    const scrape = await fetch(String(url));
    expect(scrape.headers.get('content-type')).toContain('text/plain');
    const metrics = await scrape.text();
    expect(metrics).toMatch(/^earshot_sync_objects_total\{reason="",stage="",code="",state="unchanged"\} 5$/m);
    expect(metrics).toMatch(/^earshot_sync_inflight_bytes [1-9]\d*$/m);
    expect(metrics).toMatch(/^earshot_sync_stage_seconds_count\{stage="get"\} \d+$/m);

    expect(await running.ended).toBe(4);
    const last = running.events.at(-1);
    expect(last).toMatchObject({ event: 'run_finished', counts: { listed: 47, indexed: 40, failed: 1, skipped: 1 } });
    expect(running.events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['run_started', 'progress', 'object_failed', 'guard_refused', 'run_finished']),
    );
    expect(running.events.flatMap(eventProblems)).toEqual([]);

    const { space, text, next } = await statusOf();
    expect(space).toMatchObject({
      failures: 1,
      failures_by: [{ stage: 'embed', code: 'undecodable_audio', count: 1, retryable: false }],
      runs: [{ state: 'completed', trigger: 'command', counts: { indexed: 40 } }, { state: 'completed' }],
    });
    expect(text).toContain('undecodable_audio');
    expect(text).not.toContain('{"');
    expect(next.join(' ')).toMatch(/sync plan.*failures list.*failures retry/);
  });

  test('the first signal drains, and status shows the run while it goes on', async () => {
    const { put, follow, leaseState, statusOf } = await trial();
    for (let i = 0; i < 160; i++) put(`${i}.wav`, `sound ${i}`);
    for (let i = 0; i < 160; i++) service.faults.push({ kind: 'delay', ms: 2000 });
    const running = follow(['sync', 'run']);
    await running.event(({ event }) => event === 'progress');
    expect(await leaseState()).toBe('held');
    const { text } = await statusOf();
    expect(text).toMatch(/a run is under way \(.*since \d+ s\)/);
    running.send('SIGINT');
    expect(await running.ended).toBe(130);
    expect(running.events.at(-1)).toMatchObject({ event: 'run_finished', complete: false, exit_code: 130 });
    expect(await leaseState()).toBe('released');
  });

  test('the second signal drops what is under way, gives the lease back and shows no stack', async () => {
    const { put, follow, leaseState, library } = await trial();
    for (let i = 0; i < 10; i++) put(`${i}.wav`, `sound ${i}`);
    for (let i = 0; i < 10; i++) service.faults.push({ kind: 'hang' });
    const running = follow(['sync', 'run']);
    while (service.requests.length < 2) await sleep(20);
    running.send('SIGTERM');
    while (!running.stderr().includes('what is under way is finished')) await sleep(20);
    running.send('SIGTERM');
    expect(await running.ended).toBe(130);
    expect(running.stderr()).not.toMatch(/^\s+at /m);
    expect(running.events.at(-1)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    expect(await leaseState()).toBe('released');
    const runs = await client.search<{ state: string }>({ index: 'earshot-runs', query: { term: { library } } });
    expect(runs.hits.hits.map(({ _source }) => _source?.state)).toEqual(['interrupted']);
  });
});
