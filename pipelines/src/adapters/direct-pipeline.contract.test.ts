// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ResolvedElasticsearch, startElasticsearch, whyNoElasticsearch } from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { renderDirectPipeline } from '../core/apply/direct-pipeline.ts';
import { createElasticsearchClient } from './elasticsearch-client.ts';

const reason = whyNoElasticsearch();
const PAIRS = join(import.meta.dirname, '../../ingest/_test');
const card = {
  id: 'tone-1',
  dims: 4,
  similarity: 'cosine',
  hasTrackVector: true,
  indexOptions: { type: 'flat' },
} as const;
const SPACES = [
  { card, fingerprint: '0123456789ab' },
  { card: { ...card, id: 'tune-1', hasTrackVector: false }, fingerprint: 'ba9876543210' },
];

/** `<any time>` in a golden file stands for a moment that the pipeline took. */
const withAnyTime = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    inner === '<any time>' ? expect.stringMatching(/^\d{4}-\d\d-\d\dT/) : inner,
  );

interface Simulated {
  readonly docs: readonly {
    readonly doc?: { _index: string; _id: string; _source: unknown };
    readonly error?: unknown;
  }[];
}

describe.skipIf(reason)(`earshot-direct-v1 on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  let client: Client;
  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
    client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
  });
  afterAll(() => elasticsearch.stop());

  it.each(readdirSync(PAIRS).map((file) => file.replace('.json', '')))('%s', async (name) => {
    const pair = JSON.parse(readFileSync(join(PAIRS, `${name}.json`), 'utf8'));
    const { docs } = await client.transport.request<Simulated>({
      method: 'POST',
      path: '/_ingest/pipeline/_simulate',
      body: { pipeline: renderDirectPipeline(SPACES).body, docs: [pair.in] },
    });
    const { _index, _id, _source } = docs[0]!.doc!;
    expect({ _index, _id, _source }).toEqual(withAnyTime(pair.out));
  });
});
