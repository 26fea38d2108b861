#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * `ingest [rounds]`: `earshot sync run` over ESC-10 and music, what each of its processes takes, and beside it the
 * notebook's loop of load, embed, index where there is a Python for it.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeMachine,
  makeTempDir,
  markdownTable,
  REPOSITORY_ROOT,
  runEarshot,
  startElasticsearch,
  startInferenceService,
} from '@earshot/e2e/support';
import { SHIPPED_CARDS_DIR } from '@earshot/models/registry';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { compareVectors } from './ingest/compare-vectors.ts';
import { findNotebook, runNotebook } from './ingest/notebook.ts';
import { runSync, type SyncRound } from './ingest/run-sync.ts';

const SPACE = 'spectral-1';
const rounds = Number(process.argv[2] ?? 3);
const data = process.env.EARSHOT_SHARED_DATA ?? join(REPOSITORY_ROOT, '../shared/data');
const folders = ['esc-10', 'music-search'].filter((name) => existsSync(join(data, name)));

function copyRecordings(): string {
  const folder = makeTempDir('bench-ingest');
  for (const name of folders) {
    mkdirSync(join(folder, name));
    cpSync(join(data, name), join(folder, name), { recursive: true });
  }
  return folder;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function describeProcessors(rounds: readonly SyncRound[]): string {
  const parts = ['sync', 'service', 'host', 'launcher', 'decoders'] as const;
  const perPart = parts.map((part) => median(rounds.map(({ perRecording }) => perRecording[part])));
  const all = perPart.reduce((sum, ms) => sum + ms, 0);
  return markdownTable(
    ['ms on a processor, each recording', ...parts, 'all'],
    [['earshot, without Elasticsearch', ...[...perPart, all].map((ms) => ms.toFixed(1))]],
  );
}

async function measure(python: string | undefined): Promise<void> {
  console.log(`${describeMachine()}\n`);
  const source = copyRecordings();
  const cluster = await startElasticsearch();
  // Every round embeds every recording.
  const service = await startInferenceService({ env: { EARSHOT_CACHE_BYTES: '0' } });
  const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
  try {
    const env = { ...cluster.env, EARSHOT_INFERENCE_URL: service.url, EARSHOT_SOURCE: source, EARSHOT_SPACE: SPACE };
    const applied = await runEarshot(['apply', '--yes'], { env });
    if (applied.code !== 0) throw new Error(applied.stderr);
    const card = join(SHIPPED_CARDS_DIR, `${SPACE}.json`);
    const [synced, looped] = [[] as SyncRound[], [] as number[]];
    let recordings = 0;
    for (let round = 0; round < rounds; round++) {
      const sync = await runSync(env, service.pid);
      recordings = sync.indexed;
      synced.push(sync);
      if (python === undefined) continue;
      const loop = await runNotebook({ python, card, source, elasticsearchUrl: cluster.url, client });
      if (loop.indexed !== recordings) throw new Error(`the notebook indexed ${loop.indexed}, sync ${recordings}`);
      looped.push(loop.seconds);
    }
    const row = (name: string, seconds: readonly number[]): string[] => [
      name,
      median(seconds).toFixed(1),
      (recordings / median(seconds)).toFixed(1),
      median(seconds.map((one, i) => (looped[i] ?? Number.NaN) / one)).toFixed(2),
    ];
    const syncSeconds = synced.map(({ seconds }) => seconds);
    console.log(`${recordings} recordings of ${folders.join(' and ')}, ${SPACE}, ${rounds} rounds\n`);
    console.log(`${describeProcessors(synced)}\n`);
    if (python === undefined) return;
    console.log(
      markdownTable(
        ['way', 'seconds', 'recordings/s', '× the notebook'],
        [row('earshot sync run, from its start to its end', syncSeconds), row('notebook, without its imports', looped)],
      ),
    );
    console.log(`\n${await compareVectors(client, SPACE)}`);
  } finally {
    await client.close();
    await service.stop();
    await cluster.stop();
  }
}

const python = findNotebook();
if (folders.length === 0) console.error(`Skipped: there is neither esc-10 nor music-search in ${data}.`);
else await measure(python);
