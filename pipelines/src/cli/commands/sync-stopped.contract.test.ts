// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type RunningVersitygw,
  renderWav,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { spawnEarshot } from '../../testing/spawn-earshot.ts';
import { NO_CONTENTS, type SyncStage, startSyncStage } from '../../testing/sync-stage.ts';

const skip =
  whyNoElasticsearch() ??
  whyNoVersitygw() ??
  (process.env.ELASTICSEARCH_URL ? 'the Elasticsearch of ELASTICSEARCH_URL is not ours to stop' : undefined);
const BUCKET = 'music';
const RECORDINGS = 12;
/** One may take twice `ELASTICSEARCH_TIMEOUT`. */
const LONGER_THAN_A_BULK_REQUEST_MS = 3000;

/** What a process does that hangs: connections open, nothing is answered. */
async function whileStopped<T>(pid: number, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

describe.skipIf(skip)(`sync before servers whose process is stopped${skip ? ` (${skip})` : ''}`, () => {
  let stage: SyncStage;
  let s3: RunningVersitygw;
  let env: Record<string, string>;
  beforeAll(async () => {
    [stage, s3] = await Promise.all([startSyncStage(NO_CONTENTS), startVersitygw({ buckets: [BUCKET] })]);
    for (let i = 0; i < RECORDINGS; i++)
      writeFileSync(
        join(s3.dataDir, BUCKET, `${i}.wav`),
        renderWav((at) => Math.sin(at * 100 * i), 0.1, `tone ${i}`),
      );
    const staged = await stage.addLibrary();
    const patience = { S3_TIMEOUT: '1s', ELASTICSEARCH_TIMEOUT: '1s' };
    env = { ...staged.env, ...s3.env, ...patience, EARSHOT_SOURCE: `s3://${BUCKET}` };
  });
  afterAll(async () => {
    await s3?.stop();
    await stage?.stop();
  });

  const run = () => spawnEarshot(['sync', 'run', '--json'], env).ended;
  const lastLine = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');

  /** Number of its process here; in a container it has a number that means another process out here. */
  async function elasticsearchPid(context: TestContext): Promise<number> {
    const { nodes } = await stage.client.nodes.info({ metric: 'process' });
    const pid = Object.values(nodes)[0]?.process?.id ?? 0;
    const commandLine = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
    if (!commandLine.includes('org.elasticsearch')) context.skip('Elasticsearch runs in a container');
    return pid;
  }

  test('an object store that hangs ends the run with 5 and says how long it was waited for', async () => {
    const { code, stderr, stdout } = await whileStopped(s3.pid, run);
    expect([code, lastLine(stdout).complete]).toEqual([5, false]);
    expect(stderr).toContain('The listing is not complete: page 1: no answer within 1 s');
  });

  test('an Elasticsearch that hangs ends the command with 5 and says what to do', async (context) => {
    const { code, stdout } = await whileStopped(await elasticsearchPid(context), run);
    expect(code).toBe(5);
    expect(lastLine(stdout).error).toMatchObject({
      code: 'ELASTICSEARCH_UNAVAILABLE',
      message: expect.stringMatching(/timed out/),
      remedy: expect.stringContaining('ELASTICSEARCH_URL'),
    });
  });

  test('an Elasticsearch that stops at the first bulk request and goes on later gets everything', async (context) => {
    const pid = await elasticsearchPid(context);
    let resumed: Promise<void> | undefined;
    stage.proxy.fault = ({ path }) => {
      if (path.includes('/_bulk')) resumed ??= whileStopped(pid, () => sleep(LONGER_THAN_A_BULK_REQUEST_MS));
      return undefined;
    };
    const { code, stdout } = await run();
    await resumed;
    expect(resumed).toBeDefined();
    expect([code, lastLine(stdout).counts]).toMatchObject([0, { listed: RECORDINGS, indexed: RECORDINGS, failed: 0 }]);
  });
});
