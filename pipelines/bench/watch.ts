#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `watch [events] [seed]`: a burst of bucket events, repeated and out of order, until the index holds what the bucket holds. */
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describeMachine, startVersitygw } from '@earshot/e2e/support';
import { createS3Client } from '../src/adapters/s3-client.ts';
import { followEarshot } from '../src/testing/follow-earshot.ts';
import { startLoopbackServer } from '../src/testing/loopback-server.ts';
import { STAGE_SPACE, startSyncStage } from '../src/testing/sync-stage.ts';

const total = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);
/** Each event is passed on two or three times. */
const operations = Math.round(total / 2.5);
const keys = Math.max(10, Math.round(operations / 4));
const TOKEN = 'the token of this benchmark';
const AT_ONCE = 32;

let state = seed;
const random = (): number => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return state / 2 ** 31;
};
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

const sent: string[] = [];
const objects = new Map<string, string>();
const nothing = { count: 0, at: () => ({ key: '', size: 0, etag: '' }), find: () => undefined, bodyOf: () => [] };
const network = await startLoopbackServer(async (request, response) => {
  sent.push(await text(request));
  response.writeHead(200).end();
});
const stage = await startSyncStage(nothing);
const s3 = await startVersitygw({ buckets: ['music'], eventWebhookUrl: network.url });
const bucket = createS3Client(s3);

/** Puts, overwrites and deletes; an object is named by several events before anybody looks. */
async function change(i: number): Promise<void> {
  const key = `in/tune ${Math.floor(random() * keys)}+é.wav`;
  const target = { Bucket: 'music', Key: key };
  if (random() < 0.1 && objects.delete(key)) await bucket.send(new DeleteObjectCommand(target));
  else {
    objects.set(key, `sound ${i}`);
    await bucket.send(new PutObjectCommand({ ...target, Body: `sound ${i}` }));
  }
}

async function indexed(index: string): Promise<Map<string, string>> {
  await stage.client.indices.refresh({ index });
  const { hits } = await stage.client.search<{ audio: { key: string; sha256: string } }>({
    index,
    size: 10_000,
    _source_includes: ['audio.key', 'audio.sha256'],
  });
  return new Map(hits.hits.map(({ _source }) => [_source?.audio.key ?? '', _source?.audio.sha256 ?? '']));
}

async function agree(index: string): Promise<void> {
  for (;;) {
    const found = await indexed(index);
    const isSame = [...objects].every(([key, content]) => found.get(key) === sha256(content));
    if (isSame && found.size === objects.size) return;
    await sleep(250);
  }
}

/** Two or three times, in any order. */
const repeated = (bodies: readonly string[]): string[] =>
  bodies
    .flatMap((body) => Array.from({ length: random() < 0.5 ? 2 : 3 }, () => ({ body, at: random() })))
    .sort((a, b) => a.at - b.at)
    .map(({ body }) => body);

async function pass(url: string, bodies: readonly string[]): Promise<void> {
  const address = `${url}/?token=${encodeURIComponent(TOKEN)}`;
  for (let i = 0; i < bodies.length; i += AT_ONCE) {
    const part = bodies.slice(i, i + AT_ONCE).map((body) => fetch(address, { method: 'POST', body }));
    for (const answer of await Promise.all(part)) if (answer.status !== 200) throw new Error(`answer ${answer.status}`);
  }
}

const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(1);

try {
  console.log(describeMachine());
  const { index, env } = await stage.addLibrary();
  const watchEnv = {
    ...env,
    ...s3.env,
    EARSHOT_SPACE: STAGE_SPACE,
    EARSHOT_SOURCE: 's3://music/in/',
    EARSHOT_WATCH_LISTEN: '127.0.0.1:0',
    EARSHOT_WATCH_TOKEN: TOKEN,
    EARSHOT_MAX_DELETE: String(total),
  };
  const watch = followEarshot(['sync', 'watch'], watchEnv);
  const url = String((await watch.event(({ event }) => event === 'watch_started')).url);
  await watch.event(({ event }) => event === 'run_finished');
  for (let i = 0; i < operations; i++) await change(i);
  // The store tells of nothing before the first object, then of everything, a little later.
  while (sent.length < operations + 1) await sleep(20);
  const events = repeated(sent.splice(0));
  const began = performance.now();
  await pass(url, events);
  console.log(
    `seed ${seed}: ${operations} changes of ${keys} keys, ${events.length} events sent and kept in ${secondsSince(began)} s`,
  );
  await agree(index);
  const { requests } = stage.service;
  console.log(
    `the index holds the ${objects.size} objects of the bucket ${secondsSince(began)} s after the first event; ${requests.length} embeddings, ${(events.length / requests.length).toFixed(1)} events each (an embedding for each event: 1)`,
  );
  const beforeRun = requests.length;
  watch.send('SIGTERM');
  console.log(
    `SIGTERM: exit ${await watch.ended}; ${watch.events.filter(({ event }) => event === 'run_finished').length} runs`,
  );
  const whole = followEarshot(['sync', 'run'], watchEnv);
  const code = await whole.ended;
  console.log(
    `a whole run afterwards: exit ${code}, ${JSON.stringify(whole.events.at(-1)?.counts)}, ${requests.length - beforeRun} embeddings`,
  );
} finally {
  bucket.destroy();
  await Promise.all([stage.stop(), s3.stop(), network.stop()]);
}
