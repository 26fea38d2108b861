#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `noop [objects]`: a sync run over objects that are all indexed already; time, memory, and proof that nothing was done. */
import { describeMachine } from '@earshot/e2e/support';
import { spawnEarshot } from '../src/testing/spawn-earshot.ts';
import { STAGE_SPACE, startSyncStage } from '../src/testing/sync-stage.ts';
import { fillIndex } from './support/fill-index.ts';
import { madeUpContents } from './support/made-up-contents.ts';

const count = Number(process.argv[2] ?? 100_000);
const contents = madeUpContents(count);
const stage = await startSyncStage(contents);
try {
  const { library, index, env } = await stage.addLibrary();
  const { client, fingerprint, service, bucket } = stage;
  console.log(describeMachine());
  await fillIndex({ client, library, space: STAGE_SPACE, fingerprint, contents, isReady: true });
  const writes = async (): Promise<number> => {
    const { _all } = await client.indices.stats({ index, metric: 'indexing' });
    return (_all.total?.indexing?.index_total ?? 0) + (_all.total?.indexing?.delete_total ?? 0);
  };
  const before = await writes();
  for (let round = 1; round <= 2; round++) {
    const { code, stdout, stderr, seconds, cpuSeconds, peakRss } = await spawnEarshot(['sync', 'run', '--json'], env)
      .ended;
    if (code !== 0) throw new Error(`exit ${code}: ${stderr}${stdout}`);
    const { counts, duration_ms } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
    console.log(
      `run ${round}: ${counts.unchanged} unchanged of ${counts.listed} in ${seconds.toFixed(1)} s (${(duration_ms / 1000).toFixed(1)} s without start and end; ${cpuSeconds.toFixed(1)} s on a processor), peak RSS ${(peakRss / 1e6).toFixed(0)} MB`,
    );
  }
  const { gets, heads, pages } = bucket.counts;
  console.log(
    `bodies fetched ${gets}, objects asked for ${heads}, pages listed ${pages}, embeddings ${service.requests.length}, index writes ${(await writes()) - before}`,
  );
  console.log('aim: 100,000 objects in less than 60 s and 200 MB; 0 bodies, 0 embeddings, 0 writes');
} finally {
  await stage.stop();
}
