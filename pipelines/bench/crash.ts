#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `crash [points] [seed] [objects]`: kill -9 of a sync run at random points; the next run must end in the same index. */
import { describeMachine } from '@earshot/e2e/support';
import { startCrashCourse } from '../src/testing/crash-course.ts';
import { describeKillPoint } from '../src/testing/crash-points.ts';

const [points = 100, seed = 1, objects = 2000] = process.argv.slice(2).map(Number);
console.log(describeMachine());
const { stage, references, next } = await startCrashCourse({ objects, seed, fromNothingEvery: 20 });
const faults: string[] = [];
const totals = { killed: 0, twice: 0, most: 0, seconds: 0 };
const killedIn: Record<string, number> = {};
try {
  for (const [passage, { requests, seconds, snapshot }] of Object.entries(references))
    console.log(
      `${passage}: ${requests} embeddings in ${seconds.toFixed(1)} s, ${snapshot.length} documents and failures`,
    );
  for (let i = 1; i <= points; i++) {
    const {
      passage,
      point,
      wasKilled,
      embeddedTwice,
      storedAndEmbeddedAgain,
      isSame,
      next: after,
      leftOver,
    } = await next();
    const label = `${i}: ${passage}, ${describeKillPoint(point)}`;
    if (!isSame) faults.push(`${label}: the index differs`);
    if (storedAndEmbeddedAgain > 0) faults.push(`${label}: ${storedAndEmbeddedAgain} stored recordings embedded again`);
    if (after.code !== 0 && after.code !== 3) faults.push(`${label}: the next run ended with ${after.code}`);
    if (leftOver.length > 0) faults.push(`${label}: left over ${leftOver.join()}`);
    if (wasKilled) {
      totals.killed++;
      killedIn[point.phase] = (killedIn[point.phase] ?? 0) + 1;
    }
    totals.twice += embeddedTwice;
    totals.most = Math.max(totals.most, embeddedTwice);
    totals.seconds = Math.max(totals.seconds, after.seconds);
    if (process.stdout.isTTY || i % 20 === 0) console.log(`${label}: ${embeddedTwice} embedded twice`);
  }
} finally {
  await stage.stop();
}
console.log(`killed ${totals.killed} of ${points} runs: ${JSON.stringify(killedIn)}`);
console.log(
  `embedded twice: ${totals.twice} in all, ${totals.most} at most after one kill; the slowest next run took ${totals.seconds.toFixed(1)} s`,
);
console.log(faults.length === 0 ? 'every index as after an undisturbed run' : `FAULTS\n${faults.join('\n')}`);
process.exitCode = faults.length === 0 ? 0 : 1;
