#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `listing-fault [objects per page]`: every fault at each of twelve pages of a listing; what a connector's loop deletes, and what we delete. */
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { describeMachine, fakeObject, markdownTable, type S3Fault, startS3Fake } from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { createS3Client } from '../src/adapters/s3-client.ts';
import { syncRun } from '../src/cli/sync/sync-run-command.ts';
import { runInProcess } from '../src/testing/in-process.ts';
import { NO_CONTENTS, startSyncStage } from '../src/testing/sync-stage.ts';

const PAGES = 12;
const FAULTS: readonly (readonly [what: string, fault: S3Fault])[] = [
  ['503 SlowDown', { kind: 'status', status: 503, code: 'SlowDown' }],
  ['403 AccessDenied', { kind: 'status', status: 403, code: 'AccessDenied' }],
  ['expired session', { kind: 'status', status: 400, code: 'ExpiredToken' }],
  ['reset', { kind: 'reset' }],
  ['page cut by a reset', { kind: 'cut', bytes: 400 }],
  ['page cut, looks whole', { kind: 'short', bytes: 400 }],
  ['stalled page', { kind: 'stall', bytes: 100 }],
  ['no answer', { kind: 'hang' }],
  ['wrong key count', { kind: 'wrong-count' }],
  ['end not said', { kind: 'not-truncated-unsaid' }],
  ['no token', { kind: 'no-token' }],
  ['repeated token', { kind: 'repeated-token' }],
];

const perPage = Number(process.argv[2] ?? 10);
const total = PAGES * perPage;

interface Loop {
  readonly client: Client;
  readonly index: string;
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Keys until the end or until something goes wrong, which is taken for the end. */
async function listUntilTrouble({ s3, bucket }: Loop): Promise<Set<string>> {
  const seen = new Set<string>();
  try {
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket }, { abortSignal: AbortSignal.timeout(5000) });
    for await (const { Contents = [] } of pages) for (const { Key = '' } of Contents) seen.add(Key);
  } catch {
    // logged, and on with what there is
  }
  return seen;
}

/** A full sync as Elastic's S3 connector documents it: index what is listed, delete every document that was not seen. */
async function connectorLoop(loop: Loop): Promise<void> {
  const { client, index } = loop;
  const seen = await listUntilTrouble(loop);
  const { hits } = await client.search({ index, size: 10_000, _source: false });
  const gone = hits.hits.map(({ _id = '' }) => _id).filter((id) => !seen.has(id));
  const operations = [
    ...[...seen].flatMap((key) => [{ index: { _index: index, _id: key } }, { key }]),
    ...gone.map((_id) => ({ delete: { _index: index, _id } })),
  ];
  if (operations.length > 0) await client.bulk({ operations, refresh: true });
}

const count = async (client: Client, index: string): Promise<number> => {
  await client.indices.refresh({ index });
  return (await client.count({ index })).count;
};

console.log(describeMachine());
const [stage, server] = await Promise.all([startSyncStage(NO_CONTENTS), startS3Fake()]);
const s3 = createS3Client({ ...server, timeoutMs: 1000 });
const { client } = stage;
server.pageSize = perPage;
let deletedByUs = 0;
try {
  const pairs = await Promise.all(
    Array.from({ length: PAGES }, async (_, i) => {
      const page = i + 1;
      const bucket = `page-${page}`;
      const names = Array.from({ length: total }, (_name, n) => `${String(n).padStart(5, '0')}.wav`);
      server.buckets.set(bucket, new Map(names.map((key) => [key, fakeObject(Buffer.from(`sound ${key}`))])));
      const library = await stage.addLibrary();
      const env = { ...library.env, ...server.env, EARSHOT_SOURCE: `s3://${bucket}`, S3_TIMEOUT: '1s' };
      return { page, bucket, env, ours: library.index, theirs: `connector-${page}` };
    }),
  );
  const healthy = async (): Promise<void> => {
    server.fault = undefined;
    await Promise.all(pairs.map(({ bucket, theirs }) => connectorLoop({ client, index: theirs, s3, bucket })));
  };
  for (const { theirs } of pairs)
    await client.indices.create({ index: theirs, mappings: { properties: { key: { type: 'keyword' } } } });
  for (const { env } of pairs) await runInProcess(syncRun, { env: { ...env, S3_TIMEOUT: '30s' } });
  const rows: (string | number)[][] = [];
  for (const [what, fault] of FAULTS) {
    await healthy();
    // The last page has no token to spoil.
    const spoiled = fault.kind === 'no-token' || fault.kind === 'repeated-token' ? pairs.slice(0, -1) : pairs;
    const faulty = new Map(spoiled.map(({ bucket, page }) => [bucket, page]));
    server.requests.length = 0;
    server.fault = ({ operation, bucket, page }) =>
      operation === 'list' && faulty.get(bucket) === page ? fault : undefined;
    const ends = await Promise.all(
      spoiled.map(async ({ bucket, env, ours, theirs }) => {
        const before = { ours: await count(client, ours), theirs: await count(client, theirs) };
        await connectorLoop({ client, index: theirs, s3, bucket });
        const { code } = await runInProcess(syncRun, { env });
        return { code, before, after: { ours: await count(client, ours), theirs: await count(client, theirs) } };
      }),
    );
    const sum = (pick: (end: (typeof ends)[number]) => number): number => ends.reduce((all, end) => all + pick(end), 0);
    deletedByUs += sum(({ before, after }) => Math.max(0, before.ours - after.ours));
    rows.push([
      what,
      spoiled.length,
      `${sum(({ before }) => before.theirs)} → ${sum(({ after }) => after.theirs)}`,
      `${sum(({ before }) => before.ours)} → ${sum(({ after }) => after.ours)}`,
      [...new Set(ends.map(({ code }) => code))].join(', '),
    ]);
  }
  const head = ['fault', 'pages it hit', 'documents, connector loop', 'documents, earshot', 'exit'];
  console.log(markdownTable(head, rows));
  console.log(`${total} objects on ${PAGES} pages; earshot deleted ${deletedByUs}`);
  process.exitCode = deletedByUs === 0 && rows.every((row) => row[4] === '5') ? 0 : 1;
} finally {
  await client.indices.delete({
    index: Array.from({ length: PAGES }, (_, i) => `connector-${i + 1}`),
    ignore_unavailable: true,
  });
  s3.destroy();
  await server.stop();
  await stage.stop();
}
