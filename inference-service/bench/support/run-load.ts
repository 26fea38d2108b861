// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadClient } from './load-client.ts';
import type { ClosedPlan, LoadJob, LoadResult, OpenPlan } from './load-job.ts';

async function runClosed(client: LoadClient, { clients, until }: ClosedPlan): Promise<void> {
  let started = 0;
  const isOver = (): boolean =>
    'seconds' in until ? client.elapsedSeconds >= until.seconds : started >= until.requests;
  const work = async (): Promise<void> => {
    while (!isOver()) {
      started += 1;
      await client.ask();
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
}

/** Exponential gaps from a seeded generator: every run meets the same arrivals. */
async function runOpen(client: LoadClient, plan: OpenPlan): Promise<void> {
  const { arrivalsPerSecond, seconds, deadlineMs, retry } = plan;
  let state = 1;
  const gapSeconds = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return -Math.log((state + 1) / 2 ** 32) / arrivalsPerSecond;
  };
  const running: Promise<void>[] = [];
  for (let at = gapSeconds(); at < seconds; at += gapSeconds()) {
    const aheadMs = (at - client.elapsedSeconds) * 1000;
    if (aheadMs > 1) await sleep(aheadMs);
    running.push(client.askInTime({ deadlineMs, untilSeconds: seconds, retry }));
  }
  await Promise.all(running);
}

/** Does what a job says, from this process. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const client = new LoadClient(job);
  if (job.plan.kind === 'closed') await runClosed(client, job.plan);
  else await runOpen(client, job.plan);
  return client.result();
}
