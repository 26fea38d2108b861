#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `bulk [documents] [rounds]`: the bulk writer beside the client's helper and indexing one by one, 2048-d vectors. */
import { describeMachine, markdownTable, startElasticsearch } from '@earshot/e2e/support';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { type Measured, measureWay } from './bulk/measure-way.ts';
import { DIMS, makeRecordings } from './bulk/recordings.ts';
import { WAYS } from './bulk/ways.ts';

const documents = Number(process.argv[2] ?? 2000);
const rounds = Number(process.argv[3] ?? 3);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

console.log(`${describeMachine()}\n`);
const cluster = await startElasticsearch();
const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
try {
  const recordings = makeRecordings(documents);
  const results = WAYS.map((): Measured[] => []);
  // Server and client grow faster with use: the first round warms both and does not count.
  for (let round = 0; round <= rounds; round++)
    for (const [i, way] of WAYS.entries()) {
      const measured = await measureWay({ client, way, recordings });
      if (round > 0) results[i]?.push(measured);
    }
  const rate = (i: number): number => median((results[i] ?? []).map((one) => one.documentsPerSecond));
  const rows = WAYS.map(({ name }, i) => [
    name,
    rate(i).toFixed(0),
    (rate(i) / rate(0)).toFixed(1),
    median((results[i] ?? []).map((one) => one.cpuMs)).toFixed(2),
    median((results[i] ?? []).map((one) => one.bytes / 1024)).toFixed(1),
    median((results[i] ?? []).map((one) => one.refreshSeconds)).toFixed(1),
  ]);
  const head = ['way', 'documents/s', '× one by one, floats', 'our CPU ms', 'KiB sent', 'refresh s'];
  console.log(`${documents} documents, ${DIMS} dimensions, Elasticsearch ${cluster.version}, ${rounds} rounds\n`);
  console.log(markdownTable(head, rows));
} finally {
  await client.close();
  await cluster.stop();
}
