// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  type RunningObjectStore,
  runEarshot,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3Client } from '../../adapters/s3-client.ts';
import { eventProblems } from '../../testing/event-problems.ts';
import { type FollowedEarshot, followEarshot } from '../../testing/follow-earshot.ts';
import type { InferenceStandIn } from '../../testing/inference-stand-in.ts';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { type SyncCluster, startSyncCluster } from '../../testing/sync-cluster.ts';

const skip = whyNoElasticsearch() ?? whyNoVersitygw();
const TOKEN = 'a-token-of-the-tests';

/** Every event, two or three times, in any order. */
function shuffleAndRepeat(bodies: readonly string[], random: () => number): string[] {
  return bodies
    .flatMap((body) => Array.from({ length: random() < 0.5 ? 2 : 3 }, () => ({ body, at: random() })))
    .sort((a, b) => a.at - b.at)
    .map(({ body }) => body);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describe.skipIf(skip)(`earshot sync watch on real parts${skip ? ` (${skip})` : ''}`, () => {
  let cluster: SyncCluster;
  let service: InferenceStandIn;
  let s3: RunningObjectStore;
  let network: Awaited<ReturnType<typeof startLoopbackServer>>;
  let client: Client;
  let bucket: S3Client;
  /** What the object store sent to its webhook and nobody has passed on. */
  const sent: string[] = [];
  const objects = new Map<string, string>();

  beforeAll(async () => {
    network = await startLoopbackServer(async (request, response) => {
      sent.push(await text(request));
      response.writeHead(200).end();
    });
    [cluster, s3] = await Promise.all([
      startSyncCluster({ prefix: 'watch' }),
      startVersitygw({ buckets: ['music'], eventWebhookUrl: network.url }),
    ]);
    ({ service, client } = cluster);
    bucket = createS3Client(s3);
  });
  afterAll(async () => {
    bucket?.destroy();
    await Promise.all([s3?.stop(), network?.stop(), cluster?.stop()]);
  });

  /** The webhook comes after the answer of the store. */
  async function arrived(count: number): Promise<string[]> {
    while (sent.length < count) await sleep(20);
    return sent.splice(0);
  }
  async function put(key: string, content: string): Promise<void> {
    objects.set(key, content);
    await bucket.send(new PutObjectCommand({ Bucket: 'music', Key: key, Body: content }));
  }
  async function remove(key: string): Promise<void> {
    objects.delete(key);
    await bucket.send(new DeleteObjectCommand({ Bucket: 'music', Key: key }));
  }
  const under = (folder: string): Record<string, string> =>
    Object.fromEntries([...objects].filter(([key]) => key.startsWith(folder)).map(([key, it]) => [key, sha256(it)]));

  interface Watching {
    readonly watch: FollowedEarshot;
    readonly url: string;
    readonly library: string;
    earshot(args: readonly string[]): ReturnType<typeof runEarshot>;
    pass(bodies: readonly string[]): Promise<void>;
    /** Waits until the index holds what the bucket holds. */
    agree(): Promise<void>;
    stored(): Promise<Record<string, string>>;
  }

  async function startWatch(folder: string, more: Record<string, string> = {}): Promise<Watching> {
    const bench = await cluster.bench({ EARSHOT_SOURCE: `s3://music/${folder}`, ...s3.env });
    const env = {
      ...bench.env,
      EARSHOT_WATCH_LISTEN: '127.0.0.1:0',
      EARSHOT_WATCH_TOKEN: TOKEN,
      EARSHOT_WATCH_DEBOUNCE: '1s',
      ...more,
    };
    const watch = followEarshot(['sync', 'watch'], env);
    const url = String((await watch.event(({ event }) => event === 'watch_started')).url);
    await watch.event(({ event }) => event === 'run_finished');
    const stored = async (): Promise<Record<string, string>> => {
      const index = `earshot-${bench.library}-spectral-1`;
      await client.indices.refresh({ index });
      const { hits } = await client.search<{ audio: { key: string; sha256: string } }>({ index, size: 1000 });
      return Object.fromEntries(hits.hits.map(({ _source }) => [_source!.audio.key, _source!.audio.sha256]));
    };
    return {
      watch,
      url,
      library: bench.library,
      earshot: (args) => bench.earshot(args),
      stored,
      pass: async (bodies) => {
        for (let i = 0; i < bodies.length; i += 16) {
          const part = bodies.slice(i, i + 16);
          const answers = await Promise.all(
            part.map((body) => fetch(`${url}/?token=${TOKEN}`, { method: 'POST', body })),
          );
          expect(answers.filter(({ ok }) => !ok)).toEqual([]);
        }
      },
      agree: async () => {
        for (let i = 0; i < 300; i++) {
          if (JSON.stringify(sorted(await stored())) === JSON.stringify(sorted(under(folder)))) return;
          await sleep(100);
        }
        expect(await stored()).toEqual(under(folder));
      },
    };
  }
  const sorted = (record: Record<string, string>) => Object.entries(record).sort();

  test('a burst of events, repeated and out of order, ends in the right index; the watch drains and ends with 0', async () => {
    const random = seeded(7);
    for (let i = 0; i < 20; i++) await put(`in/before ${i}.wav`, `before ${i}`);
    // The first is s3:TestEvent.
    await arrived(21);
    const { watch, url, pass, agree, earshot, library } = await startWatch('in/', { EARSHOT_MAX_DELETE: '30' });
    await agree();
    for (let i = 0; i < 120; i++) {
      const key = `in/tune+${i % 60} é 100%.wav`;
      if (random() < 0.25 && objects.has(key)) await remove(key);
      else await put(key, `sound ${i}`);
    }
    for (let i = 0; i < 4; i++) await remove(`in/before ${i}.wav`);
    await put('in/notes.txt', 'no sound');
    objects.delete('in/notes.txt');
    await put('elsewhere.wav', 'outside of the prefix');
    const events = await arrived(126);
    const before = service.requests.length;
    await pass(shuffleAndRepeat([...events, JSON.stringify({ Event: 's3:TestEvent' })], random));
    await agree();
    expect(service.requests.length - before).toBeLessThanOrEqual(120);

    const aws = { Records: [{ s3: { bucket: { name: 'music' }, object: { key: 'in/encoded+%C3%A9+1%2B1.wav' } } }] };
    await put('in/encoded é 1+1.wav', 'named as AWS does');
    await arrived(1);
    await pass([JSON.stringify(aws)]);
    await agree();

    const status = await earshot(['sync', 'status', '--json']);
    expect(status.json).toMatchObject({
      spaces: [{ runs: expect.arrayContaining([expect.objectContaining({ trigger: 'events' })]) }],
    });
    watch.send('SIGTERM');
    expect(await watch.ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect(watch.events.flatMap(eventProblems)).toEqual([]);
    const lease = await client.get<{ state: string }>({
      index: 'earshot-control',
      id: `sync:${library}:spectral-1:default`,
    });
    expect(lease._source?.state).toBe('released');
    const spools = readdirSync(join(watch.cwd, '.earshot/state/watch'));
    expect(spools.map((name) => readFileSync(join(watch.cwd, '.earshot/state/watch', name), 'utf8'))).toEqual(['']);
  });

  test('deletes of an hour are guarded together; what is refused stays for whole runs', async () => {
    for (let i = 0; i < 30; i++) await put(`guarded/${i}.wav`, `sound ${i}`);
    const { watch, pass, agree, stored } = await startWatch('guarded/', { EARSHOT_MAX_DELETE: '4' });
    await agree();
    await arrived(30);
    for (let i = 0; i < 3; i++) await remove(`guarded/${i}.wav`);
    await pass(await arrived(3));
    await agree();
    for (let i = 3; i < 6; i++) await remove(`guarded/${i}.wav`);
    await put('guarded/new.wav', 'new');
    await pass(await arrived(4));
    await watch.event(({ event }) => event === 'guard_refused');
    await watch.event((one) => one.event === 'run_finished' && (one.counts as { indexed: number }).indexed === 1);
    // Four of thirty may go within an hour; how many of them in one go is up to the clock.
    expect(Object.keys(await stored()).length - 1).toBeGreaterThanOrEqual(26);
    expect(await stored()).toHaveProperty(['guarded/new.wav']);
    watch.send('SIGTERM');
    expect(await watch.ended).toBe(0);
  });

  test('while another run has the lease, events wait and are not lost', async () => {
    await put('shared/one.wav', 'one');
    const { watch, pass, agree, library } = await startWatch('shared/');
    await agree();
    const id = `sync:${library}:spectral-1:default`;
    const get = () => client.get<Record<string, unknown>>({ index: 'earshot-control', id });
    // The first whole run still gives its lease back when its documents are already seen.
    let free = (await get())._source!;
    while (free.state === 'held') {
      await sleep(50);
      free = (await get())._source!;
    }
    const renewed_at = new Date().toISOString();
    const holder = {
      shard: 1,
      owner: 'someone@elsewhere:1',
      run_id: 'r',
      run_seq: 7,
      ttl_ms: 60_000,
      beats: 1,
      renewed_at,
    };
    const held = { ...free, state: 'held', owner: holder.owner, renewed_at, holders: [holder] };
    await client.index({ index: 'earshot-control', id, document: held });
    await arrived(1);
    await put('shared/two.wav', 'two');
    await pass(await arrived(1));
    const waiting = await watch.event(({ event }) => event === 'watch_waiting');
    expect(waiting).toMatchObject({ code: 'LOCK_HELD', source: 'default', pending: 1 });
    await client.index({ index: 'earshot-control', id, document: free });
    await agree();
    watch.send('SIGINT');
    expect(await watch.ended).toBe(0);
  });

  test('beyond loopback nothing is received without a token', async () => {
    const env = { ...cluster.env, EARSHOT_SOURCE: 's3://music/', ...s3.env };
    const refused = await runEarshot(['sync', 'watch', '--listen', '0.0.0.0:0', '--json'], { env });
    expect([refused.code, refused.json]).toEqual([
      2,
      {
        error: expect.objectContaining({
          code: 'CONFIG_INVALID',
          remedy: expect.stringContaining('EARSHOT_WATCH_TOKEN'),
        }),
      },
    ]);
  });
});
