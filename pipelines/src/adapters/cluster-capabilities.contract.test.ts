// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningElasticsearch, startElasticsearch, whyNoElasticsearch } from '@earshot/e2e/support';
import { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterCapabilities } from './cluster-capabilities.ts';

const reason = whyNoElasticsearch();

describe.skipIf(reason)(`cluster capabilities on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: RunningElasticsearch;
  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
  });
  afterAll(() => elasticsearch.stop());

  it('reports version, licence, modules and what follows from them', async () => {
    const capabilities = await clusterCapabilities(new Client({ node: elasticsearch.url }));
    expect(capabilities).toEqual({
      version: elasticsearch.version,
      licence: 'basic',
      hasIngestProcessors: true,
      hasPainless: true,
      acceptsBase64Documents: true,
      acceptsBase64Queries: true,
      hasLookupBuilder: true,
      hasSecurity: false,
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
