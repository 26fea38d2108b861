// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ResolvedElasticsearch, startElasticsearch, whyNoElasticsearch } from '@earshot/e2e/support';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { clusterCapabilities } from './cluster-capabilities.ts';
import { createElasticsearchClient } from './elasticsearch-client.ts';

const reason = whyNoElasticsearch();

describe.skipIf(reason)(`cluster capabilities on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
  });
  afterAll(() => elasticsearch.stop());

  it('reports version, licence, modules and what follows from them', async () => {
    const client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
    const isAtLeast94 = !/^(8|9\.[0-3])\./.test(elasticsearch.version);
    const isOurs = elasticsearch.origin !== 'given';
    expect(await clusterCapabilities(client)).toEqual({
      version: elasticsearch.version,
      licence: isOurs ? 'basic' : expect.any(String),
      hasIngestProcessors: true,
      hasPainless: true,
      acceptsBase64Documents: isAtLeast94 || elasticsearch.version.startsWith('9.3.'),
      acceptsBase64Queries: isAtLeast94,
      hasLookupBuilder: isAtLeast94,
      hasSecurity: isOurs ? false : expect.any(Boolean),
    });
  });
});

describe('cluster capabilities without the right to ask', () => {
  let server: Server;
  let status: number;
  const clientOf = (): Client =>
    new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 });
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify({ error: { type: 'security_exception', reason: 'not allowed' }, status }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('claims only what every supported version can do when asking is forbidden (403)', async () => {
    status = 403;
    expect(await clusterCapabilities(clientOf())).toMatchObject({
      version: 'unknown',
      licence: 'unknown',
      acceptsBase64Documents: false,
      hasLookupBuilder: false,
    });
  });

  it('fails with ELASTICSEARCH_DENIED when the credentials are wrong (401)', async () => {
    status = 401;
    await expect(clusterCapabilities(clientOf())).rejects.toMatchObject({ code: 'ELASTICSEARCH_DENIED', exitCode: 2 });
  });
});
