// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import { type BenchRecording, DIMS } from './recordings.ts';
import type { Way } from './ways.ts';

export interface Measured {
  /** Acknowledged, before the refresh that makes them searchable. */
  readonly documentsPerSecond: number;
  /** Of this process, a document. */
  readonly cpuMs: number;
  /** Sent, a document. */
  readonly bytes: number;
  /** Until all are searchable. */
  readonly refreshSeconds: number;
}

interface Options {
  readonly client: Client;
  readonly way: Way;
  readonly recordings: readonly BenchRecording[];
}

const INDEX = 'bench-bulk-000001';
const ALIAS = 'bench-bulk-write';

async function makeIndex(client: Client): Promise<void> {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  await client.indices.create({
    index: INDEX,
    aliases: { [ALIAS]: { is_write_index: true } },
    settings: { refresh_interval: '-1', number_of_shards: 1, number_of_replicas: 0 },
    mappings: {
      dynamic: 'strict',
      properties: {
        audio: { properties: { key: { type: 'keyword' } } },
        embedding: { type: 'dense_vector', dims: DIMS, similarity: 'cosine', index_options: { type: 'int8_hnsw' } },
      },
    },
  });
}

function countBytes(client: Client): { stop(): number } {
  let bytes = 0;
  const listener = (error: unknown, event: { meta: { request: { params: { body?: unknown } } } } | null): void => {
    const body = event?.meta.request.params.body;
    if (!error && typeof body === 'string') bytes += Buffer.byteLength(body);
    else if (!error && body instanceof Uint8Array) bytes += body.byteLength;
  };
  client.diagnostic.on('response', listener);
  return {
    stop: () => {
      client.diagnostic.off('response', listener);
      return bytes;
    },
  };
}

/** Writes recordings into a fresh index one way, and counts what came in. @throws Error when documents are missing */
export async function measureWay({ client, way, recordings }: Options): Promise<Measured> {
  await makeIndex(client);
  const some = recordings.filter((_recording, i) => i % way.every === 0);
  const counter = countBytes(client);
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  await way.write({ client, index: INDEX, alias: ALIAS }, some);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const bytes = counter.stop();
  const refreshedAt = performance.now();
  await client.indices.refresh({ index: INDEX }, { requestTimeout: 300_000 });
  const refreshSeconds = (performance.now() - refreshedAt) / 1000;
  const { count } = await client.count({ index: INDEX });
  if (count !== some.length) throw new Error(`${way.name}: ${count} of ${some.length} documents are there`);
  await client.indices.delete({ index: INDEX });
  return {
    documentsPerSecond: some.length / seconds,
    cpuMs: (user + system) / 1000 / some.length,
    bytes: bytes / some.length,
    refreshSeconds,
  };
}
