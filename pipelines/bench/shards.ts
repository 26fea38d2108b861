#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `shards [objects] [latency in ms]`: 1, 2, 4 and 8 processes on one source, before a slow service and before the real one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeMachine,
  makeTempDir,
  markdownTable,
  renderWav,
  runEarshot,
  startElasticsearch,
  startInferenceService,
} from '@earshot/e2e/support';
import { loadSpaces } from '@earshot/models/registry';
import type { Client } from '@elastic/elasticsearch';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { startInferenceStandIn } from '../src/testing/inference-stand-in.ts';
import { createSyncBench } from '../src/testing/sync-bench.ts';

const SPACE = 'spectral-1';
const PROCESSES = [1, 2, 4, 8];
const objects = Number(process.argv[2] ?? 400);
const latencyMs = Number(process.argv[3] ?? 200);

/** One second of tone each, no two alike. */
function writeRecordings(): string {
  const folder = makeTempDir('bench-shards');
  for (let i = 0; i < objects; i++) {
    const place = join(folder, `album ${i % 20}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, `${i}.wav`),
      renderWav((second) => Math.sin(2 * Math.PI * (100 + i) * second) / 2, 1, `tone ${i}`),
    );
  }
  return folder;
}

interface Stage {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  /** Embeddings since the last call; undefined where they cannot be counted. */
  readonly takeEmbedded: () => number | undefined;
}

interface Setting {
  readonly clusterEnv: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly folder: string;
}

interface Measured {
  readonly seconds: number;
  readonly indexed: number;
  readonly embedded: number | undefined;
}

async function measure({ clusterEnv, client, folder }: Setting, stage: Stage, count: number): Promise<Measured> {
  const library = `shards${process.pid}x${stage.key}x${count}`;
  const env = { EARSHOT_SOURCE: folder };
  const { run } = await createSyncBench({ clusterEnv, client, inferenceUrl: stage.url, library, env });
  stage.takeEmbedded();
  const beganAt = performance.now();
  const runs = await Promise.all(
    Array.from({ length: count }, (_, i) => (count === 1 ? run() : run('--shard', `${i + 1}/${count}`))),
  );
  const seconds = (performance.now() - beganAt) / 1000;
  const failed = runs.find(({ code }) => code !== 0);
  if (failed) throw new Error(failed.stdout + failed.stderr);
  const indexed = runs.reduce((sum, { line }) => sum + line.counts.indexed, 0);
  const stored = await client.count({ index: `earshot-${library}-${SPACE}` });
  if (indexed !== objects || stored.count !== objects)
    throw new Error(`${objects} objects, ${indexed} indexed, ${stored.count} documents`);
  return { seconds, indexed, embedded: stage.takeEmbedded() };
}

async function measureStage(setting: Setting, stage: Stage): Promise<void> {
  const rows: string[][] = [];
  let alone = Number.NaN;
  for (const count of PROCESSES) {
    const { seconds, indexed, embedded } = await measure(setting, stage, count);
    if (count === 1) alone = seconds;
    const twice = embedded === undefined ? 'not counted' : String(embedded - objects);
    rows.push([String(count), seconds.toFixed(1), (indexed / seconds).toFixed(1), (alone / seconds).toFixed(2), twice]);
  }
  const head = [
    'processes',
    'seconds, start of the processes included',
    'objects/s',
    '× one process',
    'embedded twice',
  ];
  console.log(`\n${stage.name}\n\n${markdownTable(head, rows)}`);
}

console.log(`${describeMachine()}\n${objects} recordings of one second in a folder, ${SPACE}`);
const { card, fingerprint } = loadSpaces(makeTempDir('no-models')).get(SPACE) ?? {};
if (!card || !fingerprint) throw new Error(`there is no ${SPACE}`);
const cluster = await startElasticsearch();
const slow = await startInferenceStandIn([{ id: SPACE, fingerprint, dims: card.dims }]);
const service = await startInferenceService({ env: { EARSHOT_CACHE_BYTES: '0' } });
const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
try {
  const applied = await runEarshot(['apply', '--yes'], { env: cluster.env });
  if (applied.code !== 0) throw new Error(applied.stderr);
  const setting = { clusterEnv: cluster.env, client, folder: writeRecordings() };
  await measureStage(setting, {
    key: 'slow',
    name: `a stand-in that answers after ${latencyMs} ms, however many ask`,
    url: slow.url,
    takeEmbedded: () => {
      slow.faults.length = 0;
      for (let i = 0; i < 2 * objects; i++) slow.faults.push({ kind: 'delay', ms: latencyMs });
      return slow.requests.splice(0).length;
    },
  });
  await measureStage(setting, {
    key: 'real',
    name: 'the real service on the same cores',
    url: service.url,
    takeEmbedded: () => undefined,
  });
} finally {
  await client.close();
  await service.stop();
  await slow.stop();
  await cluster.stop();
}
