// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { startElasticsearch, whyNoElasticsearch } from '@earshot/e2e/support';
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBulkWriter } from '../core/bulk-writer.ts';
import type { BulkOperation, BulkWriter } from '../ports/bulk-writer.ts';
import { type BulkFault, type BulkStandIn, startBulkStandIn } from '../testing/bulk-stand-in.ts';
import { createSendBulk } from './elasticsearch-bulk.ts';

let server: BulkStandIn;
let client: Client;
beforeAll(async () => {
  server = await startBulkStandIn();
  client = new Client({ node: server.url, maxRetries: 0 });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});
beforeEach(() => {
  server.faults.length = 0;
  server.stored.clear();
  server.maxBytes = Number.POSITIVE_INFINITY;
  server.requests = 0;
});

function writer(over: object = {}): BulkWriter {
  return createBulkWriter({
    send: createSendBulk({ client, alias: 'earshot-audio-spectral-1-write', timeoutMs: 150 }),
    concreteIndices: [server.index],
    maxOperations: 7,
    maxBytes: 1000,
    flushMs: 5,
    backoff: { baseMs: 1, capMs: 4 },
    ...over,
  });
}

let nextOp = 0;
function index(id: string, version = 1, document: object = { title: id }): BulkOperation {
  return { opId: `op-${nextOp++}`, id, action: 'index', version, body: Buffer.from(JSON.stringify(document)) };
}

const sumHolds = (bulk: BulkWriter): void => {
  const { submitted, pending, acked, superseded, poison, failed } = bulk.counts();
  expect(acked + superseded + poison + failed + pending).toBe(submitted);
};

const fault: fc.Arbitrary<BulkFault> = fc.oneof(
  fc.constant<BulkFault>({ kind: 'none' }),
  fc.constantFrom(429, 503, 502, 413, 500).map((status): BulkFault => ({ kind: 'status', status })),
  fc.constantFrom(429, 503).map((status): BulkFault => ({ kind: 'items', status, every: 2 })),
  fc.constantFrom<BulkFault>({ kind: 'reset' }, { kind: 'done-reset' }, { kind: 'hang' }, { kind: 'short-answer' }),
);

const plannedOperation = fc.record({
  id: fc.integer({ min: 0, max: 15 }).map((n) => `doc-${n}`),
  action: fc.constantFrom('index' as const, 'delete' as const),
  version: fc.integer({ min: 1, max: 3 }),
  size: fc.integer({ min: 0, max: 400 }),
  poison: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

describe('the bulk writer', () => {
  test('acked + superseded + poison + failed + pending = submitted under any faults, and nothing acked is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plannedOperation, { maxLength: 60 }),
        fc.array(fault, { maxLength: 8 }),
        async (plan, faults) => {
          server.stored.clear();
          server.faults.splice(0, server.faults.length, ...faults);
          const bulk = writer();
          const submitted = plan.map(async ({ id, action, version, size, poison }, i) => {
            const body = Buffer.from(JSON.stringify({ filler: 'x'.repeat(size), ...(poison ? { poison } : {}) }));
            const outcome = await bulk.submit({
              opId: String(i),
              id,
              version,
              action,
              ...(action === 'index' ? { body } : {}),
            });
            sumHolds(bulk);
            return outcome;
          });
          sumHolds(bulk);
          await bulk.drain();
          const outcomes = await Promise.all(submitted);
          expect(bulk.counts()).toMatchObject({ submitted: plan.length, pending: 0 });
          for (const [i, outcome] of outcomes.entries()) {
            const { id, version, action, poison } = plan[i]!;
            expect(outcome.opId).toBe(String(i));
            if (outcome.state === 'acked') expect(server.stored.get(id)!.version).toBeGreaterThanOrEqual(version);
            // A 413 for a request that holds one operation is final; everything else gets through in the end.
            if (outcome.status !== 413 && !(poison && action === 'index'))
              expect(['acked', 'superseded']).toContain(outcome.state);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test('a body that is too large is halved until it fits', async () => {
    server.maxBytes = 300;
    const bulk = writer();
    const all = Array.from({ length: 20 }, (_, i) => bulk.submit(index(`d${i}`)));
    const large = bulk.submit(index('large', 1, { filler: 'x'.repeat(500) }));
    await bulk.drain();
    expect((await Promise.all(all)).every(({ state }) => state === 'acked')).toBe(true);
    expect(await large).toMatchObject({ state: 'poison', status: 413 });
  });

  test('an older version is superseded, a repeated one stored again, a missing document counts as deleted', async () => {
    const bulk = writer();
    expect((await bulk.submit(index('a', 5))).state).toBe('acked');
    expect((await bulk.submit(index('a', 5))).state).toBe('acked');
    expect((await bulk.submit(index('a', 4))).state).toBe('superseded');
    expect((await bulk.submit({ opId: 'x', id: 'gone', action: 'delete', version: 5 })).state).toBe('acked');
  });

  test('a refused document is poison and its reason quotes no vector', async () => {
    const outcome = await writer().submit(index('bad', 1, { poison: true }));
    expect(outcome).toMatchObject({ state: 'poison', code: 'document_parsing_exception', message: 'bad vector.' });
  });

  test('past its deadline an operation ends as failed', async () => {
    for (let i = 0; i < 500; i++) server.faults.push({ kind: 'status', status: 503 });
    const outcome = await writer({ deadlineMs: 60 }).submit(index('late'));
    expect(outcome).toMatchObject({ state: 'failed', code: 'es_rejected_execution_exception' });
  });

  test('refused credentials stop the writer, and everything settles', async () => {
    server.faults.push({ kind: 'status', status: 403 });
    const bulk = writer();
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => bulk.submit(index(`d${i}`))));
    expect(bulk.stopReason()).toMatchObject({ code: 'ELASTICSEARCH_DENIED' });
    expect(all.filter(({ state }) => state === 'failed').length).toBeGreaterThan(0);
    expect(bulk.counts().pending).toBe(0);
  });

  test('the helper of the client loses a document where this writer delivers all', async () => {
    const big = 'x'.repeat(2000);
    async function* slowDocuments(): AsyncGenerator<{ id: string; filler: string }> {
      yield { id: 'one', filler: big };
      await sleep(100);
      yield { id: 'two', filler: 'small' };
      await sleep(600);
      yield { id: 'three', filler: big };
    }
    server.faults.push({ kind: 'delay', ms: 1500 });
    const slowClient = new Client({ node: server.url });
    const stats = await slowClient.helpers.bulk({
      datasource: Readable.from(slowDocuments()),
      onDocument: (document: { id: string }) => ({ index: { _index: 'x', _id: document.id } }),
      flushBytes: 1000,
      flushInterval: 300,
      concurrency: 1,
    });
    await slowClient.close();
    expect(stats.failed).toBe(0);
    expect(server.stored.size).toBe(2);

    server.stored.clear();
    server.faults.push({ kind: 'delay', ms: 1500 });
    const send = createSendBulk({ client, alias: 'x', timeoutMs: 5000 });
    const bulk = writer({ send, flushMs: 300, maxConcurrency: 1 });
    const submitted = [];
    for await (const { id, filler } of slowDocuments()) submitted.push(bulk.submit(index(id, 1, { filler })));
    await bulk.drain();
    expect((await Promise.all(submitted)).map(({ state }) => state)).toEqual(['acked', 'acked', 'acked']);
    expect(server.stored.size).toBe(3);
  });
});

const skip = whyNoElasticsearch();
describe.skipIf(skip)(`the bulk writer on a real Elasticsearch${skip ? ` (${skip})` : ''}`, () => {
  test('stores base64 vectors, keeps versions, needs the alias and calls a bad vector poison', async () => {
    const cluster = await startElasticsearch();
    const real = new Client({ node: cluster.url });
    try {
      await real.indices.create({
        index: 'idx-1',
        aliases: { 'idx-write': {} },
        mappings: {
          dynamic: 'strict',
          properties: {
            v: { type: 'dense_vector', dims: 3, index: true, similarity: 'cosine', index_options: { type: 'hnsw' } },
          },
        },
      });
      const on = (alias: string): BulkWriter =>
        createBulkWriter({ send: createSendBulk({ client: real, alias }), concreteIndices: ['idx-1'], flushMs: 5 });
      const bulk = on('idx-write');
      expect(await bulk.submit(index('a', 7, { v: 'PwAAAEEgAABAwAAA' }))).toMatchObject({
        state: 'acked',
        status: 201,
      });
      expect(await bulk.submit(index('a', 6, { v: [1, 2, 3] }))).toMatchObject({ state: 'superseded' });
      const zero = await bulk.submit(index('z', 1, { v: [0, 0, 0] }));
      expect(zero).toMatchObject({ state: 'poison', message: expect.stringContaining('zero magnitude') });
      expect(zero.message).not.toContain('Preview');
      expect((await bulk.submit(index('s', 1, { unknown: 1 }))).state).toBe('poison');
      expect((await bulk.submit({ opId: 'd', id: 'nothing', action: 'delete', version: 9 })).state).toBe('acked');
      await real.indices.refresh({ index: 'idx-1' });
      expect((await real.count({ index: 'idx-1' })).count).toBe(1);
      const missing = on('no-such-alias');
      expect(await missing.submit(index('a', 1, {}))).toMatchObject({ state: 'failed' });
      expect(missing.stopReason()).toMatchObject({ code: 'INDEX_MISSING' });
    } finally {
      await real.close();
      await cluster.stop();
    }
  });
});
