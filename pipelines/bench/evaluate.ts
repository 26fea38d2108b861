#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0

/** What `earshot evaluate labels` costs: vectors out of Elasticsearch in two ways, and exact rankings in memory. */

import { markdownTable, startElasticsearch } from '@earshot/e2e/support';
import { encodeVector } from '@earshot/mappings/search';
import { createLabelJudge, createVectorBlock, indexLabels } from '@earshot/models/evaluation';
import type { Client } from '@elastic/elasticsearch';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createSeededRandom } from '../src/core/seeded-random.ts';

const DIMS = 1024;
const DOCUMENTS = 2000;
const PAGE = 1000;
const RANKED = 5000;
const ASKED = 500;

const seconds = (since: number): number => (performance.now() - since) / 1000;

async function fill(client: Client): Promise<void> {
  const random = createSeededRandom(1);
  const embedding = {
    type: 'dense_vector',
    dims: DIMS,
    similarity: 'cosine',
    index_options: { type: 'int8_hnsw' },
  } as const;
  const mappings = { properties: { id: { type: 'keyword' }, embedding } } as const;
  await client.indices.create({ index: 'bench', settings: { number_of_replicas: 0 }, mappings });
  for (let start = 0; start < DOCUMENTS; start += 500) {
    const operations = Array.from({ length: 500 }, (_, i) => [
      { index: { _id: String(start + i) } },
      { id: String(start + i), embedding: encodeVector(Float32Array.from({ length: DIMS }, () => random() - 0.5)) },
    ]).flat();
    const { errors } = await client.bulk({ index: 'bench', operations });
    if (errors) throw new Error('a document was refused');
  }
  await client.indices.refresh({ index: 'bench' });
}

async function read(client: Client, way: 'docvalue_fields' | 'fields'): Promise<number> {
  const startedAt = performance.now();
  for (let start = 0; start < DOCUMENTS; start += PAGE) {
    const values = Array.from({ length: PAGE }, (_, i) => String(start + i));
    const answer = await client.search({
      index: 'bench',
      size: PAGE,
      _source: false,
      query: { ids: { values } },
      [way]: ['embedding'],
    });
    const vector = answer.hits.hits.at(-1)?.fields?.embedding as unknown[] | undefined;
    if ([vector].flat(2).length !== DIMS) throw new Error(`${way} gives no vectors`);
  }
  return seconds(startedAt);
}

/** Processor seconds for all, from a tenth of the queries. */
function rank(dims: number): number {
  const random = createSeededRandom(2);
  const block = createVectorBlock(RANKED, dims);
  for (let row = 0; row < RANKED; row++)
    block.set(
      row,
      Float32Array.from({ length: dims }, () => random() - 0.5),
    );
  const items = Array.from({ length: RANKED }, (_, i) => ({ labels: [`l${i % 50}`], group: String(i) }));
  const judge = createLabelJudge(indexLabels(items), block);
  const before = process.cpuUsage();
  for (let item = 0; item < ASKED; item++) judge(item);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1e6) * (RANKED / ASKED);
}

const elasticsearch = await startElasticsearch();
const client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
try {
  await fill(client);
  const ways = ['fields', 'docvalue_fields'] as const;
  const best = new Map(ways.map((way) => [way, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < 3; round++)
    for (const way of ways) best.set(way, Math.min(best.get(way) ?? 0, await read(client, way)));
  const slow = best.get('fields') ?? 1;
  const rows = ways.map((way) => [way, (best.get(way) ?? 1).toFixed(2), (slow / (best.get(way) ?? 1)).toFixed(1)]);
  console.log(
    `${DOCUMENTS} vectors of ${DIMS} numbers out of Elasticsearch ${elasticsearch.version}, best of three:\n`,
  );
  console.log(markdownTable(['way', 'seconds', 'times as fast'], rows));
} finally {
  await client.indices.delete({ index: 'bench' }).catch(() => undefined);
  await client.close();
  await elasticsearch.stop();
}
console.log(`\n${RANKED} recordings ask ${RANKED - 1} others, the whole ranking of each:\n`);
console.log(
  markdownTable(
    ['dims', 'seconds'],
    [48, 1024, 2048].map((dims) => [dims, rank(dims).toFixed(1)]),
  ),
);
