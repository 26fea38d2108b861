#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `plan [objects]`: planning and verifying a source of which every object has moved, the costliest walk; time and memory. */
import { loadavg } from 'node:os';
import type { BucketContents } from '../src/testing/simulated-bucket.ts';
import { spawnEarshot } from '../src/testing/spawn-earshot.ts';
import { STAGE_SPACE, startSyncStage } from '../src/testing/sync-stage.ts';
import { fillIndex } from './support/fill-index.ts';
import { madeUpContents } from './support/made-up-contents.ts';

const count = Number(process.argv[2] ?? 200_000);

/** The same objects under other keys, alternating with the old ones in byte order. */
function movedContents(contents: BucketContents): BucketContents {
  const move = (key: string): string => key.replace('.wav', '.x.wav');
  return {
    ...contents,
    at: (i) => ({ ...contents.at(i), key: move(contents.at(i).key) }),
    find: (key) => {
      const found = contents.find(key.replace('.x.wav', '.wav'));
      return found && key === move(found.key) ? { ...found, key } : undefined;
    },
  };
}

const stage = await startSyncStage(madeUpContents(1));
try {
  for (const objects of [Math.ceil(count / 10), count]) {
    const { library, env } = await stage.addLibrary();
    const { client, fingerprint, bucket } = stage;
    const contents = madeUpContents(objects);
    console.log(`filling ${objects} documents; load ${loadavg()[0]?.toFixed(1)}`);
    await fillIndex({ client, library, space: STAGE_SPACE, fingerprint, contents, isReady: true });
    bucket.contents = movedContents(contents);
    for (const command of ['plan', 'verify']) {
      const { code, stdout, stderr, seconds, peakRss } = await spawnEarshot(['sync', command, '--json'], env).ended;
      if (code === null || stderr.includes('Error')) throw new Error(`exit ${code}: ${stderr}`);
      const { spaces } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
      const [space] = spaces;
      const said =
        command === 'plan'
          ? `${space.new} new, ${space.gone} gone, ${space.moved_guess} probably moved, deletes ${space.deletes.verdict}`
          : `${space.findings.missing} missing, ${space.findings.orphaned} orphaned`;
      console.log(
        `${command}: ${said}; ${seconds.toFixed(1)} s, peak RSS ${(peakRss / 1e6).toFixed(0)} MB, exit ${code}`,
      );
    }
  }
  console.log(`bodies fetched ${stage.bucket.counts.gets}, embeddings ${stage.service.requests.length}`);
  console.log('aim: memory that does not grow with the objects; 0 bodies, 0 embeddings');
} finally {
  await stage.stop();
}
