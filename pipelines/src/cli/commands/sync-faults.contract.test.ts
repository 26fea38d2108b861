// SPDX-License-Identifier: Apache-2.0
import { fakeObject, type S3Fake, type S3Fault, startS3Fake, whyNoElasticsearch } from '@earshot/e2e/support';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PassingFault } from '../../testing/elasticsearch-proxy.ts';
import { runInProcess } from '../../testing/in-process.ts';
import { rejectBulkItems } from '../../testing/reject-bulk-items.ts';
import { NO_CONTENTS, type StagedLibrary, type SyncStage, startSyncStage } from '../../testing/sync-stage.ts';
import { failuresRetry } from '../sync/sync-failures-commands.ts';
import { syncRun } from '../sync/sync-run-command.ts';

const skip = whyNoElasticsearch();

describe.skipIf(skip)(`sync under faults${skip ? ` (${skip})` : ''}`, () => {
  let stage: SyncStage;
  let s3: S3Fake;
  beforeAll(async () => {
    [stage, s3] = await Promise.all([startSyncStage(NO_CONTENTS), startS3Fake()]);
  });
  afterAll(async () => {
    await s3?.stop();
    await stage?.stop();
  });
  afterEach(() => {
    s3.fault = undefined;
    stage.proxy.fault = undefined;
    stage.service.faults.length = 0;
  });

  let buckets = 0;
  /** A library of its own with a bucket of its own. */
  async function room(settings: Readonly<Record<string, string>> = {}) {
    const bucket = `music-${++buckets}`;
    const objects = new Map<string, ReturnType<typeof fakeObject>>();
    s3.buckets.set(bucket, objects);
    const staged: StagedLibrary = await stage.addLibrary();
    const env: Record<string, string> = { ...staged.env, ...s3.env, EARSHOT_SOURCE: `s3://${bucket}`, ...settings };
    const put = (key: string, text = `sound ${key}`) => objects.set(key, fakeObject(Buffer.from(text)));
    const stored = async () => {
      await stage.client.indices.refresh({ index: staged.index });
      const { hits } = await stage.client.search<{ audio: { key: string; etag: string } }>({
        index: staged.index,
        size: 1000,
        sort: ['audio.key'],
      });
      return new Map(hits.hits.map(({ _source }) => [_source?.audio.key ?? '', _source?.audio.etag ?? '']));
    };
    const wanted = () => new Map([...objects].sort().map(([key, { etag }]) => [key, etag]));
    const run = (options = {}) => runInProcess(syncRun, { env, options });
    return { bucket, objects, put, stored, wanted, run, env };
  }

  const numbered = (i: number): string => `${String(i).padStart(3, '0')}.wav`;

  test('a listing fault at any of twelve pages deletes nothing, ends with 5, and what was listed is indexed', async () => {
    const { put, objects, stored, run } = await room();
    s3.pageSize = 3;
    for (let i = 0; i < 36; i++) put(numbered(i));
    expect((await run()).code).toBe(0);
    // Truly gone, and yet nobody may believe it while the listing is in doubt.
    objects.delete('005.wav');
    for (let i = 0; i < 3; i++) put(`900-${i}.wav`);
    const faults: S3Fault[] = [
      { kind: 'status', status: 403, code: 'AccessDenied' },
      { kind: 'wrong-count' },
      { kind: 'not-truncated-unsaid' },
      { kind: 'repeated-token' },
      { kind: 'no-token' },
      { kind: 'status', status: 400, code: 'InvalidArgument' },
    ];
    for (let faulty = 1; faulty <= 12; faulty++) {
      put(`0000-new-${String(faulty).padStart(2, '0')}.wav`);
      const fault = faults[faulty % faults.length];
      const page = faulty + Math.ceil(faulty / 3);
      s3.fault = (request) => (request.operation === 'list' && request.page === page ? fault : undefined);
      const { code, line } = await run();
      expect([faulty, code, line?.complete, line?.counts.deleted]).toEqual([faulty, 5, false, 0]);
      const keys = [...(await stored()).keys()];
      expect(keys).toContain('005.wav');
      if (page > 1 + faulty / 3) expect(keys).toContain(`0000-new-${String(faulty).padStart(2, '0')}.wav`);
    }
    s3.fault = undefined;
    const { code, line } = await run();
    expect([code, line?.counts.deleted]).toEqual([0, 1]);
    s3.pageSize = 1000;
  });

  test('an emptied bucket, a narrower prefix and a mass disappearance are refused and delete nothing', async () => {
    const { put, objects, stored, run, env, bucket } = await room();
    for (let i = 0; i < 12; i++) put(`in/${numbered(i)}`);
    for (let i = 0; i < 12; i++) put(`out/${numbered(i)}`);
    await run();
    const narrower = { ...env, EARSHOT_SOURCE: `s3://${bucket}/in/` };
    expect((await runInProcess(syncRun, { env: narrower })).code).toBe(4);
    const told = await runInProcess(syncRun, { env: narrower, options: { sourceMoved: true, forceDelete: true } });
    expect([told.code, told.line?.counts.deleted]).toEqual([4, 0]);
    expect((await run({ sourceMoved: true, prefix: 'in/' })).code).toBe(0);
    for (let i = 0; i < 12; i++) objects.delete(`out/${numbered(i)}`);
    expect((await run()).code).toBe(4);
    objects.clear();
    expect((await run({ forceDelete: true })).code).toBe(4);
    expect((await stored()).size).toBe(24);
  });

  test('keys overwritten, deleted and made anew between listing and fetching end as they are', async () => {
    const { put, objects, stored, wanted, run, bucket } = await room();
    for (let i = 0; i < 30; i++) put(numbered(i));
    const met = new Set<string>();
    s3.fault = ({ operation, key, bucket: asked }) => {
      if (operation !== 'get' || asked !== bucket || met.has(key)) return undefined;
      met.add(key);
      const n = Number.parseInt(key, 10);
      if (n % 4 === 1) put(key, `overwritten ${key}`);
      if (n % 4 === 2) objects.delete(key);
      if (n % 4 === 3) {
        objects.delete(key);
        put(key, `anew ${key}`);
      }
      return undefined;
    };
    const first = await run();
    expect(first.code).toBe(0);
    expect(first.line?.counts).toMatchObject({ listed: 30, indexed: 23, skipped: 7, failed: 0 });
    expect(await stored()).toEqual(wanted());
    s3.fault = undefined;
    for (let i = 2; i < 30; i += 4) put(numbered(i), 'back again');
    expect((await run()).line?.counts.indexed).toBe(7);
    expect(await stored()).toEqual(wanted());
  });

  test('half of all items rejected with 429 are all indexed in the end, with pauses and few requests', async () => {
    const { put, stored, run } = await room();
    for (let i = 0; i < 200; i++) put(numbered(i));
    let requests = 0;
    let n = 0;
    stage.proxy.fault = ({ path, body }) => {
      if (!path.includes('/_bulk') || path.includes('logs-')) return undefined;
      requests++;
      return rejectBulkItems(body, () => n++ % 2 === 0);
    };
    const { code, line } = await run();
    expect([code, line?.counts.indexed]).toEqual([0, 200]);
    expect((await stored()).size).toBe(200);
    // Eight halvings of 200, and the batches that the pace of embedding makes; a busy loop would send thousands.
    expect(requests).toBeLessThan(150);
  });

  test('requests refused with 429 and 503, resets before and after the write lose nothing', async () => {
    const { put, stored, wanted, run } = await room();
    for (let i = 0; i < 60; i++) put(numbered(i));
    const faults: PassingFault[] = [
      { kind: 'answer', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'answer', status: 503 },
      { kind: 'reset-after' },
      { kind: 'reset' },
    ];
    let n = 0;
    stage.proxy.fault = ({ path }) => {
      if (!path.includes('earshot-stage') && !path.includes('_bulk')) return undefined;
      return faults[n++ % 5];
    };
    const { code, line } = await run();
    stage.proxy.fault = undefined;
    if (code !== 0) await run();
    expect([0, 5]).toContain(code);
    if (line) expect(line.counts.listed).toBe(60);
    expect(await stored()).toEqual(wanted());
  });

  const impatient = { ELASTICSEARCH_TIMEOUT: '1s', EARSHOT_INFERENCE_TIMEOUT: '1s', S3_TIMEOUT: '1s' };

  test.each(['the service', 'the object store'] as const)(
    '%s that hangs ends the run with 5 in the time stated, and the next run does the rest',
    async (what) => {
      const { put, stored, wanted, run, bucket } = await room(impatient);
      for (let i = 0; i < 12; i++) put(numbered(i));
      if (what === 'the service') for (let i = 0; i < 200; i++) stage.service.faults.push({ kind: 'hang' });
      else s3.fault = (request) => (request.bucket === bucket ? { kind: 'hang' } : undefined);
      expect((await run()).code).toBe(5);
      stage.service.faults.length = 0;
      s3.fault = undefined;
      expect((await run()).code).toBe(0);
      expect(await stored()).toEqual(wanted());
    },
  );

  test('an Elasticsearch that hangs for a while costs a timeout, and its requests are sent again', async () => {
    const { put, stored, wanted, run } = await room(impatient);
    for (let i = 0; i < 12; i++) put(numbered(i));
    let hung = 0;
    stage.proxy.fault = ({ path }) => (path.includes('-write/_bulk') && hung++ === 0 ? { kind: 'hang' } : undefined);
    expect((await run()).code).toBe(0);
    expect(hung).toBeGreaterThan(1);
    expect(await stored()).toEqual(wanted());
  });

  test('each stage leaves a dead letter, retry touches only those, and success resolves them', async () => {
    const { put, run, env, bucket } = await room();
    for (let i = 0; i < 10; i++) put(numbered(i));
    put('broken.wav', 'BROKEN');
    put('LICENSE', 'neither name nor bytes say audio');
    const bad = new Set(['003.wav']);
    s3.fault = ({ operation, key }) =>
      operation === 'get' && bad.has(key) ? { kind: 'status', status: 403, code: 'AccessDenied' } : undefined;
    stage.proxy.fault = ({ path, body }) => {
      if (!path.includes('-write/_bulk') || !body.includes('"key":"004.wav"')) return undefined;
      return {
        kind: 'rewrite',
        body: Buffer.from(body.toString().replace('"embedding":"', '"embedding":"####')),
        answer: (given) => given,
      };
    };
    const first = await run();
    expect(first.code).toBe(3);
    const failures = first.line?.failures.map(({ key, stage: at }) => `${key} ${at}`).sort();
    expect(failures).toEqual(expect.arrayContaining(['003.wav get', 'broken.wav embed']));
    expect(first.line?.failures.filter(({ stage: at }) => at === 'index').length).toBeGreaterThan(0);
    expect(first.line?.skipped_by).toEqual({ not_audio: 1 });
    const failed = new Set(first.line?.failures.map(({ key }) => key));

    s3.fault = undefined;
    stage.proxy.fault = undefined;
    s3.requests.length = 0;
    const retried = await runInProcess(failuresRetry, { env });
    expect(retried.code).toBe(3);
    const gets = s3.requests.filter((one) => one.operation === 'get' && one.bucket === bucket);
    expect(new Set(gets.map(({ key }) => key))).toEqual(failed);
    expect(retried.line?.failures.map(({ key }) => key)).toEqual(['broken.wav']);

    put('broken.wav', 'mended');
    const last = await run();
    expect([last.code, last.line?.counts.failed]).toEqual([0, 0]);
    await stage.client.indices.refresh({ index: 'earshot-failures' });
    const { count } = await stage.client.count({
      index: 'earshot-failures',
      query: {
        bool: {
          filter: [{ term: { library: env.EARSHOT_LIBRARY ?? '' } }],
          must_not: { exists: { field: 'resolved_at' } },
        },
      },
    });
    expect(count).toBe(0);
  });
});
