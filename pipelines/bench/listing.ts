#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `listing [objects] [indexed]`: a sync run over a very long listing; memory at every tenth of the way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine, markdownTable } from '@earshot/e2e/support';
import { spawnEarshot } from '../src/testing/spawn-earshot.ts';
import { STAGE_SPACE, startSyncStage } from '../src/testing/sync-stage.ts';
import { fillIndex } from './support/fill-index.ts';
import { madeUpContents } from './support/made-up-contents.ts';

const PAGE = 1000;
const [count = 1_000_000, indexed = Math.min(count, 200_000)] = process.argv.slice(2).map(Number);
/** Objects that are not in the index are too large for the service: met, counted, and left out. */
const contents = madeUpContents(count, (i) => (i < indexed ? 441_044 : 200_000_000));
console.log(describeMachine());
const stage = await startSyncStage(contents);
try {
  const { library, env } = await stage.addLibrary();
  const { client, fingerprint, bucket } = stage;
  const filled = { ...contents, count: indexed };
  await fillIndex({ client, library, space: STAGE_SPACE, fingerprint, contents: filled, isReady: false });
  const run = spawnEarshot(['sync', 'run', '--json'], env);
  const samples: number[][] = [];
  let isOver = false;
  const ended = run.ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await sleep(50);
    const tenth = Math.floor((bucket.counts.pages * PAGE * 10) / count);
    const rss = run.rss() / 1e6;
    if (bucket.counts.pages > 0 && rss > 0) samples[tenth] = [...(samples[tenth] ?? []), rss];
  }
  const { code, stdout, stderr, seconds, cpuSeconds, peakRss } = await ended;
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}${stdout}`);
  const { counts } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  console.log(
    `${counts.listed} listed (${counts.unchanged} unchanged, ${counts.skipped} left out) in ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s on a processor), peak RSS ${(peakRss / 1e6).toFixed(0)} MB\n`,
  );
  const rows = Array.from(samples, (rss, tenth) => ({ rss, tenth }))
    .filter(({ rss }) => rss !== undefined)
    .map(({ rss, tenth }) => [`${tenth * 10} %`, Math.min(...rss).toFixed(0), Math.max(...rss).toFixed(0)]);
  console.log(markdownTable(['listed', 'least RSS, MB', 'most RSS, MB'], rows));
} finally {
  await stage.stop();
}
