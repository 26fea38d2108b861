#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `big [count] [MB]`: a sync run over large recordings; memory, temporary files, and bytes a second. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine, makeTempDir } from '@earshot/e2e/support';
import { spawnEarshot } from '../src/testing/spawn-earshot.ts';
import { startSyncStage } from '../src/testing/sync-stage.ts';
import { largeContents } from './support/large-contents.ts';

const [count = 200, megabytes = 50] = process.argv.slice(2).map(Number);
console.log(describeMachine());
const stage = await startSyncStage(largeContents(count, megabytes * 1e6));

/** Files come and go while they are counted. */
function bytesIn(folder: string): number {
  const paths = readdirSync(folder).map((name) => join(folder, name, 'recording'));
  return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

try {
  const { env } = await stage.addLibrary();
  const folder = makeTempDir('big');
  let mostOnDisk = 0;
  const timer = setInterval(() => {
    mostOnDisk = Math.max(mostOnDisk, bytesIn(folder));
  }, 200);
  const run = await spawnEarshot(['sync', 'run', '--json'], { ...env, TMPDIR: folder }).ended;
  clearInterval(timer);
  const { counts, duration_ms } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}');
  if (run.code !== 0 || counts.indexed !== count) throw new Error(`exit ${run.code}: ${run.stderr}${run.stdout}`);
  const perSecond = (count * megabytes) / (duration_ms / 1000);
  console.log(
    `${count} recordings of ${megabytes} MB in ${run.seconds.toFixed(0)} s: ${perSecond.toFixed(0)} MB/s, ${run.cpuSeconds.toFixed(0)} s on a processor`,
  );
  console.log(
    `peak RSS ${(run.peakRss / 1e6).toFixed(0)} MB (aim: below 400), temporary files at most ${(mostOnDisk / 1e6).toFixed(0)} MB`,
  );
  console.log(
    `left in the folder for temporary files: ${readdirSync(folder).length}; embeddings ${stage.service.requests.length}`,
  );
} finally {
  await stage.stop();
}
