#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `faults [rounds] [seed]`: random faults in object store, service and Elasticsearch at once; then one run more, and all must be there. */
import { describeMachine, fakeObject, type S3Fault, startS3Fake } from '@earshot/e2e/support';
import { syncRun } from '../src/cli/sync/sync-run-command.ts';
import { createSeededRandom } from '../src/core/seeded-random.ts';
import type { PassingFault, PassingRequest } from '../src/testing/elasticsearch-proxy.ts';
import { runInProcess } from '../src/testing/in-process.ts';
import type { Fault } from '../src/testing/inference-stand-in.ts';
import { rejectBulkItems } from '../src/testing/reject-bulk-items.ts';
import type { FinishedLine } from '../src/testing/sync-bench.ts';
import { NO_CONTENTS, startSyncStage } from '../src/testing/sync-stage.ts';

const OBJECTS = 60;
const MOST_FAULTY_RUNS = 3;
const BUCKET = 'music';
const [rounds = 10, seed = 1] = process.argv.slice(2).map(Number);

const random = createSeededRandom(seed);
const counts: Record<string, number> = {};

/** One of these, in a share of all cases. */
function draw<T extends { readonly kind: string }>(where: string, share: number, faults: readonly T[]): T | undefined {
  if (random() >= share) return undefined;
  const fault = faults[Math.floor(random() * faults.length)];
  if (fault) counts[`${where} ${fault.kind}`] = (counts[`${where} ${fault.kind}`] ?? 0) + 1;
  return fault;
}

const S3_FAULTS: readonly S3Fault[] = [
  { kind: 'status', status: 503, code: 'SlowDown' },
  { kind: 'status', status: 500, code: 'InternalError' },
  { kind: 'reset' },
  { kind: 'cut', bytes: 5 },
  { kind: 'stall', bytes: 3 },
  { kind: 'hang' },
  { kind: 'delay', ms: 200 },
];
const SERVICE_FAULTS: readonly Fault[] = [
  { kind: 'status', status: 429, code: 'queue_full', retryAfter: '0' },
  { kind: 'status', status: 503, code: 'not_ready' },
  { kind: 'status', status: 500, code: 'internal' },
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'delay', ms: 100 },
];
const ELASTICSEARCH_FAULTS: readonly PassingFault[] = [
  { kind: 'answer', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'answer', status: 503 },
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'hang' },
  { kind: 'delay', ms: 200 },
];

function elasticsearchFault({ path, body }: PassingRequest): PassingFault | undefined {
  const isBulk = path.includes('-write/_bulk');
  if (isBulk && random() < 0.5) {
    counts['Elasticsearch half of the items'] = (counts['Elasticsearch half of the items'] ?? 0) + 1;
    return rejectBulkItems(body, () => random() < 0.5);
  }
  return draw('Elasticsearch', isBulk ? 0.3 : 0.03, ELASTICSEARCH_FAULTS);
}

const isBalanced = ({ listed, indexed, unchanged, skipped, failed }: FinishedLine['counts']): boolean =>
  listed === indexed + unchanged + skipped + failed;

console.log(`${describeMachine()}, seed ${seed}`);
const [stage, s3] = await Promise.all([startSyncStage(NO_CONTENTS), startS3Fake({ buckets: [BUCKET] })]);
s3.pageSize = 7;
const faults: string[] = [];
const codes: Record<string, number> = {};
try {
  const { env: base, index } = await stage.addLibrary();
  const patience = { S3_TIMEOUT: '1s', EARSHOT_INFERENCE_TIMEOUT: '1s', ELASTICSEARCH_TIMEOUT: '2s' };
  const env = { ...base, ...s3.env, ...patience, EARSHOT_SOURCE: `s3://${BUCKET}` };
  const objects = s3.buckets.get(BUCKET) ?? new Map();
  const change = (round: number): void => {
    for (let i = 0; i < OBJECTS; i++)
      if (round === 1 || random() < 0.3) objects.set(`${i}.wav`, fakeObject(Buffer.from(`sound ${i} of ${round}`)));
    if (round > 1) for (let i = 0; i < 3; i++) objects.delete(`${Math.floor(random() * OBJECTS)}.wav`);
  };
  const run = async (round: number, isFaulty: boolean): Promise<number> => {
    s3.fault = isFaulty ? () => draw('S3', 0.15, S3_FAULTS) : undefined;
    stage.proxy.fault = isFaulty ? elasticsearchFault : undefined;
    stage.service.faults.length = 0;
    if (isFaulty)
      for (let i = 0; i < 300; i++)
        stage.service.faults.push(draw('service', 0.2, SERVICE_FAULTS) ?? { kind: 'answer' });
    const { code, line, error } = await runInProcess(syncRun, { env });
    const name = `${isFaulty ? 'under faults' : 'after them'}: exit ${code}${error ? ` ${error.code}` : ''}`;
    codes[name] = (codes[name] ?? 0) + 1;
    if (line && !isBalanced(line.counts)) faults.push(`round ${round}: the sums differ`);
    const expected = isFaulty ? [0, 3, 5] : [0];
    if (!expected.includes(code)) faults.push(`round ${round}: ${name} ${error?.message ?? ''}`);
    return code;
  };
  for (let round = 1; round <= rounds; round++) {
    change(round);
    for (let i = 0; i < MOST_FAULTY_RUNS; i++) if ((await run(round, true)) === 0) break;
    await run(round, false);
    await stage.client.indices.refresh({ index });
    const { hits } = await stage.client.search<{ audio: { key: string; etag: string } }>({ index, size: 1000 });
    const stored = new Map(hits.hits.map(({ _source }) => [_source?.audio.key, _source?.audio.etag]));
    const wrong = [...objects].filter(([key, { etag }]) => stored.get(key) !== etag).length;
    if (wrong > 0 || stored.size !== objects.size)
      faults.push(`round ${round}: ${wrong} wrong, ${stored.size} documents for ${objects.size} objects`);
  }
} finally {
  s3.fault = undefined;
  await s3.stop();
  await stage.stop();
}
console.log(JSON.stringify(counts));
console.log(JSON.stringify(codes));
console.log(faults.length === 0 ? `${rounds} rounds: every index as its bucket` : `FAULTS\n${faults.join('\n')}`);
process.exitCode = faults.length === 0 ? 0 : 1;
